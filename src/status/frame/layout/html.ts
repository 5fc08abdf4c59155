import type { Sight } from "../../../words/sight.ts";
import { WHOLE_SIGHT } from "../../../words/sight.ts";
import { withLocalTimes } from "../../../words/local-time.ts";

const markup: unique symbol = Symbol("markup");

/** Markup that `html` made. Nothing else can be one, so nothing else goes into a page unescaped. */
export interface Safe {
  readonly [markup]: (sight: Sight) => string;
}

/** What may stand in a template. Arrays are joined; `null`, `undefined` and `false` are nothing. */
export type Fragment = Safe | string | number | null | undefined | false | readonly Fragment[];

/**
 * Builds markup: what is written in the template stays, what is put into it is shown as the reader may see it, and
 * escaped. Each piece is masked by itself: in the finished page nobody can tell the quotes of an address from the
 * page's. Attribute values must stand in quotes, and an address from outside must have been checked to be http(s):
 * escaping cannot make `javascript:` harmless.
 */
export function html(written: TemplateStringsArray, ...fragments: readonly Fragment[]): Safe {
  return {
    [markup]: (sight) =>
      written.reduce((done, text, index) => done + piece(fragments[index - 1], sight) + text),
  };
}

/** The address of somebody that Tandem knows. Masked, it has a pseudonym beside it. */
export function personAddress(address: string): Safe {
  return { [markup]: (sight) => escaped(sight.email(address)) };
}

/** What a reader has typed. They know it, so it is not masked. */
export function typed(text: string | null): Safe {
  return { [markup]: () => escaped(text ?? "") };
}

/** Text about a time that says itself that it is in UTC. */
export function inUtc(text: string): Safe {
  return { [markup]: () => escaped(text) };
}

/** Content that is cut to a length after it is masked. Cut first, half an address would be no address any more. */
export function seen(show: (sight: Sight) => Safe): Safe {
  return { [markup]: (sight) => show(sight)[markup](sight) };
}

/** The text to send to somebody who may see so much. */
export function render(page: Safe, sight: Sight = WHOLE_SIGHT): string {
  return page[markup](sight);
}

function piece(fragment: Fragment, sight: Sight): string {
  if (fragment === null || fragment === undefined || fragment === false) return "";
  if (typeof fragment === "number") return String(fragment);
  if (typeof fragment === "string") return escaped(withLocalTimes(sight.text(fragment), sight.zone));
  if (isMarkup(fragment)) return fragment[markup](sight);
  return fragment.map((one) => piece(one, sight)).join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function isMarkup(fragment: Safe | readonly Fragment[]): fragment is Safe {
  return markup in fragment;
}
