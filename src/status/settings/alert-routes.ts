import { counted } from "../../model/count-words.ts";
import { queueTestAlert, testDocument } from "../../service/alerts/test-alert.ts";
import { writeAudit } from "../../store/chains/audit.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import { OPEN } from "../frame/access/access.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import { mappingInUse } from "../mapping/mapping-in-use.ts";
import { atomically } from "../../store/database/store.ts";

/** Sends a test alert: stored here, sent by the process that runs the lanes. */
export function alertRoutes({ act, now, access = OPEN }: PageDeps): readonly StatusPage[] {
  const { store } = act;
  return [
    {
      method: "POST",
      address: "/settings/alerts/test",
      place: "/settings",
      async answer({ visitor, frame }) {
        const used = await mappingInUse(store);
        const channels = used?.mapping?.channels;
        const at = now();
        const queued =
          channels === undefined
            ? 0
            : await atomically(store, async (store) => {
                const document = testDocument(frame.overview.name, access.publicUrl, at);
                const count = await queueTestAlert(store, { channels, document }, at);
                const { name: who, role } = visitor;
                const entry = { who, role, action: "test_alert", about: { channels: count } };
                await writeAudit(store, entry, at);
                return count;
              });
        const said =
          queued === 0
            ? "The mapping has no channel."
            : `Test alert on its way to ${counted(queued, "channel")}. Reload this page in half a minute to see whether it got there.`;
        return { kind: "moved", to: "/settings#alerts", said };
      },
    },
  ];
}
