import { eachAuditEntry, readAudit, verifyAudit, writeAudit } from "../../../src/store/chains/audit.ts";
import { latestCut, saveCut } from "../../../src/store/chains/chain-cuts.ts";
import { proveChain } from "../../../src/store/chains/prove-chain.ts";
import { removeAudit } from "../../../src/store/chains/remove-audit.ts";
import { keysThatSealed, sealedHead, sealing, sealPage, takeOver } from "../../../src/store/chains/seals.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago } from "./known.ts";

const SAYING = { who: "Kay", role: "admin", action: "pause", reason: "The shop moves" };

export const CHAINS: Entries = {
  writeAudit: writes((store) => writeAudit(store, SAYING, NOW)),
  readAudit: reads((store) => readAudit(store, 10)),
  eachAuditEntry: reads((store) => Array.fromAsync(eachAuditEntry(store))),
  verifyAudit: reads(({ statements }) => verifyAudit(statements)),
  saveCut: writes(({ statements }) => saveCut(statements, "audit", { seq: 2n, hash: "h", at: NOW })),
  latestCut: reads(({ statements }) => latestCut(statements, "audit")),
  proveChain: reads(({ statements }) =>
    proveChain(statements, { chain: "audit", page: async () => [], hashOf: () => "", visit: () => {} }, null),
  ),
  removeAudit: writes((store) => removeAudit(store, ago(2.5), NOW, async () => true)),
  sealing: writes((store) => sealing(store, "audit", (store) => writeAudit(store, SAYING, NOW))),
  takeOver: writes(({ statements }) => takeOver(statements, "audit", NOW), "all is sealed with this key"),
  sealPage: reads(({ statements }) => sealPage(statements, "consent", 0n, 10)),
  keysThatSealed: reads(({ statements }) => keysThatSealed(statements, "audit")),
  sealedHead: reads(({ statements }) => sealedHead(statements, "audit")),
};
