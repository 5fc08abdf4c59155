import type { AuditEntry } from "../store/chains/audit.ts";
import { writeAudit } from "../store/chains/audit.ts";
import type { UndoableConflict } from "../store/writes/conflict-undos.ts";
import { requestUndo } from "../store/writes/conflict-undos.ts";
import type { LinkSelection } from "../store/pages/failing-contacts.ts";
import type { IgnoreTerms } from "../store/pages/ignored.ts";
import { ignoreLinks, resumeLinks } from "../store/pages/ignored.ts";
import { retryLinks } from "../store/pages/retries.ts";
import type { Visitor } from "./frame/access/role.ts";
import type { Store } from "../store/database/store.ts";
import { atomically } from "../store/database/store.ts";

/** What people do on the page; each with its row in the audit, in one transaction. They tell how many it was done to. */
export interface StatusActions {
  readonly store: Store;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  /** A run begins at once, where this process makes them. */
  readonly wake: () => void;
  readonly retry: (visitor: Visitor, selection: LinkSelection) => Promise<number>;
  readonly ignore: (
    visitor: Visitor,
    selection: LinkSelection,
    terms: Omit<IgnoreTerms, "by">,
  ) => Promise<number>;
  readonly resume: (visitor: Visitor, selection: LinkSelection) => Promise<number>;
  /** The value that lost a conflict is put back with the next run. */
  readonly undo: (visitor: Visitor, conflict: UndoableConflict) => Promise<void>;
}

/** The actions of one connection. */
export function statusActions(store: Store, now: () => Date, wake: () => void = () => {}): StatusActions {
  const audited = async (
    { name: who, role }: Visitor,
    action: string,
    selection: LinkSelection,
    reason: string,
    work: (store: Store, at: Date) => Promise<number>,
  ): Promise<number> => {
    const at = now();
    const done = await atomically(store, async (store) => {
      const contacts = await work(store, at);
      const entry = { who, role, action, contacts, about: aboutOf(selection), reason };
      await writeAudit(store, entry, at);
      return contacts;
    });
    wake();
    return done;
  };
  return {
    store,
    audit: (entry) => writeAudit(store, entry, now()),
    wake,
    retry: (visitor, selection) =>
      audited(visitor, "retry", selection, "", (store, at) => retryLinks(store, selection, at)),
    ignore: (visitor, selection, terms) =>
      audited(visitor, "ignore", selection, terms.reason, (store, at) =>
        ignoreLinks(store, selection, { ...terms, by: visitor.name }, at),
      ),
    resume: (visitor, selection) =>
      audited(visitor, "resume", selection, "", (store, at) => resumeLinks(store, selection, at)),
    undo: async (visitor, { id, linkId }) => {
      const selection = { kind: "ids", ids: [linkId] } as const;
      await audited(visitor, "undo_conflict", selection, "", (store, at) =>
        requestUndo(store, id, visitor.name, at),
      );
    },
  };
}

/** Which contacts, for the audit: by ids and filters, never by what was searched for, since that may be an address. */
function aboutOf(selection: LinkSelection): Readonly<Record<string, string | null>> {
  if (selection.kind === "ids") return { links: selection.ids.join(" ") };
  const { cause, side, field, rule, state, within, search } = selection.query;
  return {
    cause,
    side,
    field,
    rule: rule?.id ?? null,
    state,
    within,
    searched: search === null ? "no" : "yes",
  };
}
