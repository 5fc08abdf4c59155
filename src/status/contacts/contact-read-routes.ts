import { z } from "zod";
import type { PageTasks } from "../../service/page-tasks.ts";
import { linkId } from "../parts/link-selection.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import type { StatusActions } from "../status-actions.ts";
import type { StatusReader } from "../status-reader.ts";

/** What having one person read needs. */
export interface ContactReadDeps {
  readonly read: Pick<StatusReader, "contact">;
  readonly act: Pick<StatusActions, "audit">;
  readonly tasks?: PageTasks;
}

const params = z.object({ id: linkId });
const NOT_NOW = {
  title: "Nothing was read: something else is being worked on",
  words: [
    "The process that runs the lanes reads, one thing at a time. Go back in a minute and press once more.",
  ],
};

/** Has both contacts of one person read now, between the runs; neither side is written to. */
export function contactReadRoutes({ read, act, tasks }: ContactReadDeps): readonly StatusPage[] {
  return [
    {
      method: "POST",
      address: "/contacts/:id/read",
      place: "/contacts",
      async answer({ params: given, visitor: { name: who, role } }) {
        const parsed = params.safeParse(given);
        if (!parsed.success || (await read.contact(parsed.data.id)) === null)
          return { kind: "told", status: 404, message: NOT_FOUND };
        const { id } = parsed.data;
        if (tasks?.begin({ kind: "read", linkId: id }, who) !== true)
          return { kind: "told", status: 409, message: NOT_NOW };
        await act.audit({ who, role, action: "read_contact", contacts: 1, about: { links: String(id) } });
        return {
          kind: "moved",
          to: `/contacts/${String(id)}`,
          said: "Being read on both sides; it waits for a run that is going.",
        };
      },
    },
  ];
}
