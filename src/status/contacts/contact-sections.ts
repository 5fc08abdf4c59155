import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import type { Fragment } from "../frame/layout/html.ts";

/**
 * A part of a contact's page that is told by its own room: consent, engagement. It stands between the fields and the
 * conflicts, in the order of the list in `StatusDeps`, and begins with an `h2`; `null` says nothing.
 */
export interface ContactSection {
  /** Its key in the JSON of the page. */
  readonly key: string;
  read(
    person: ExplainedPerson,
    now: Date,
  ): Promise<{
    readonly content: Fragment;
    /** The same in a word, beside the contact's state. */
    readonly tag?: Fragment;
    readonly document: unknown;
    /** Of that, what the page shows: all that viewers get. */
    readonly shown: unknown;
  } | null>;
}
