import type { PageParts, Shell } from "./layout.ts";
import { layout } from "./layout.ts";
import type { Safe } from "./html.ts";
import { html } from "./html.ts";

/** Something that is not as asked for. */
export interface Message {
  readonly title: string;
  /** What happened and what to do, a paragraph each. */
  readonly words: readonly string[];
}

/** There is no such page. */
export const NOT_FOUND: Message = {
  title: "There is no such page",
  words: ["The address may be mistyped, or what it showed is not there any more."],
};

/** What a form says that did not come from a page of ours, or from one that was open for too long. */
export const STALE_FORM: Message = {
  title: "Nothing was done: the form is too old",
  words: ["The form is out of date, or comes from another site. Open the page again and retry."],
};

/** The words for a fault of Tandem's own; the reference leads to the log, and nothing of the fault is shown. */
export function brokenMessage(reference: string): Message {
  return {
    title: "This page could not be made",
    words: [
      "The database did not answer, or Tandem has a fault. Your contacts are not affected by it. Try again in a minute.",
      `If it stays so, the operator finds the reason in the log under the reference ${reference}.`,
    ],
  };
}

/** What somebody is told whose role is not enough. */
export function notAllowed(needed: string): Message {
  return {
    title: `This needs the role ${needed}`,
    words: ["You are signed in with another one. Ask an admin of Tandem to give it to you."],
  };
}

/** A page that only says what happened and leads back. */
export function messagePage({ title, words }: Message, frame: PageParts["frame"], shell: Shell): Safe {
  return layout({
    title,
    place: null,
    frame,
    shell,
    content: html`
      <h1>${title}</h1>
      ${words.map((paragraph) => html`<p>${paragraph}</p>`)}
      <p><a href="/">Go to the overview</a></p>
    `,
  });
}
