import { z } from "zod";
import { exportPerson } from "../../store/people/person-export.ts";
import { linkId } from "../parts/link-selection.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import type { StatusActions } from "../status-actions.ts";
import type { StatusReader } from "../status-reader.ts";

/** What exporting needs. */
export interface ExportDeps {
  readonly read: StatusReader;
  readonly act: StatusActions;
}

const params = z.object({ id: linkId });

/**
 * Hands out all that is kept of one person, for the person who has to answer them. A form and not a link: who took
 * it with them stands in the audit.
 */
export function contactExportRoutes({ read, act }: ExportDeps): readonly StatusPage[] {
  return [
    {
      method: "POST",
      address: "/contacts/:id/export",
      place: "/contacts",
      async answer({ params: given, visitor: { name: who, role }, frame }) {
        const parsed = params.safeParse(given);
        const found = parsed.success ? await read.contact(parsed.data.id) : null;
        if (!parsed.success || found === null) return { kind: "told", status: 404, message: NOT_FOUND };
        const id = String(parsed.data.id);
        await act.audit({ who, role, action: "export", contacts: 1, about: { links: id } });
        const kept = { at: frame.now, ...(await exportPerson(act.store.statements, found.email)) };
        return {
          kind: "document",
          name: `person-${id}-${frame.now.toISOString().slice(0, 10)}.json`,
          document: kept,
        };
      },
    },
  ];
}
