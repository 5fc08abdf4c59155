import { plainConsent } from "../../../src/model/consent.ts";
import { removeAudit } from "../../../src/store/chains/remove-audit.ts";
import { writeAudit } from "../../../src/store/chains/audit.ts";
import { sealing } from "../../../src/store/chains/seals.ts";
import type { Store } from "../../../src/store/database/store.ts";
import type { Known } from "./known.ts";
import { NOW, ago } from "./known.ts";

interface Told {
  readonly email: string;
  readonly kind: string;
  readonly side: "hubspot" | "klaviyo" | "both";
  readonly list?: string;
  readonly evidence: object;
  readonly hoursAgo?: number;
}

const OUT = plainConsent("unsubscribed");
const ASKED = { read: { hubspot: null, klaviyo: OUT }, readAt: ago(2).toISOString() };

/** Entries of every kind. Who is asked for, who opted out, and what Tandem did then. */
const TOLD: readonly Told[] = [
  { email: "jo@example.com", kind: "first_opted_in", side: "klaviyo", evidence: plainConsent("subscribed") },
  { email: "jo@example.com", kind: "asked", side: "klaviyo", list: "LIST", evidence: ASKED },
  { email: "jo@example.com", kind: "opted_out", side: "klaviyo", evidence: OUT },
  // From before entries said whose contact it was.
  {
    email: "jo@example.com",
    kind: "carried",
    side: "hubspot",
    evidence: { from: { kind: "type", type: "T1" } },
  },
  {
    email: "max@example.com",
    kind: "opted_out",
    side: "klaviyo",
    evidence: { address: "another", was: OUT },
  },
  // Opted out of all of HubSpot's types and of one, and back since: of all types is none by name.
  {
    email: "fay@example.com",
    kind: "carried",
    side: "hubspot",
    evidence: { from: { kind: "all" }, because: null, contact: "hashed" },
  },
  {
    email: "fay@example.com",
    kind: "carried",
    side: "hubspot",
    evidence: { from: { kind: "type", type: "T1" }, because: OUT, contact: "hashed" },
  },
  { email: "fay@example.com", kind: "opted_in", side: "klaviyo", evidence: plainConsent("subscribed") },
  { email: "ann@example.com", kind: "carried", side: "hubspot", evidence: { from: { kind: "all" } } },
  { email: "ann@example.com", kind: "opted_in", side: "klaviyo", evidence: plainConsent("subscribed") },
  { email: "ivo@example.com", kind: "asked", side: "klaviyo", list: "LIST", evidence: ASKED },
  {
    email: "ivo@example.com",
    kind: "opted_out",
    side: "klaviyo",
    list: "LIST",
    evidence: { met: true, ...OUT },
  },
  {
    email: "kim@example.com",
    kind: "blocked",
    side: "klaviyo",
    list: "LIST",
    evidence: { because: "suppressed" },
  },
  { email: "ida@example.com", kind: "asked", side: "klaviyo", list: "OTHER", evidence: ASKED },
  { email: "ida@example.com", kind: "confirmed", side: "klaviyo", list: "OTHER", evidence: {} },
  { email: "ida@example.com", kind: "restored", side: "klaviyo", evidence: { from: { kind: "all" } } },
  { email: "ida@example.com", kind: "reopened", side: "hubspot", evidence: { type: "T1" } },
  { email: "gone@example.com", kind: "erased", side: "both", evidence: { erasure: "1", of: "address" } },
  { email: "back@example.com", kind: "erased", side: "both", evidence: { erasure: "2", of: "address" } },
  { email: "back@example.com", kind: "allowed", side: "both", evidence: { erasure: "2", of: "address" } },
];

const WITH_VERDICT = ["opted_out", "opted_in", "first_opted_in"];

export async function seedLedger(store: Store, runId: bigint): Promise<void> {
  await sealing(store, "consent", async ({ statements, connectionId }) => {
    for (const { email, kind, side, list = null, evidence, hoursAgo = 1 } of TOLD) {
      const verdict = !WITH_VERDICT.includes(kind) ? null : kind === "opted_out" ? "by_choice" : "none";
      await statements.$executeRaw`
        INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, list, verdict, evidence, run_id, at)
        VALUES (${connectionId}, consent_subject(${email}), 'email', ${kind}, ${side}, ${list}, ${verdict},
                ${JSON.stringify(evidence)}::jsonb, ${runId}, ${ago(hoursAgo)})`;
    }
  });
}

/** An audit whose oldest rows were removed, with what people did to contacts. */
export async function seedAudit(store: Store, links: Known["links"]): Promise<void> {
  const done = (action: string, about: Record<string, string | number | null>, at: Date, contacts = 1) =>
    writeAudit(store, { who: "Kay", role: "operator", action, contacts, about, reason: "It is time" }, at);
  await done("sign_in", {}, ago(5_000), 0);
  await done("sign_in", { way: null, tries: 2 }, ago(3), 0);
  await done("retry", { links: `${links.jo ?? 0n} ${links.fay ?? 0n}` }, ago(2), 2);
  await done("resume", {}, ago(1), 0);
  await removeAudit(store, ago(100), NOW, async () => true);
}
