const markup: unique symbol = Symbol("markup");

/** Markup that `html` made. Nothing else can be one, so nothing else goes into a page unescaped. */
export interface Safe {
  readonly [markup]: string;
}

/** What may stand in a template. Arrays are joined; `null`, `undefined` and `false` are nothing. */
export type Fragment = Safe | string | number | null | undefined | false | readonly Fragment[];

/**
 * Builds markup: what is written in the template stays, what is put into it is escaped. Attribute values must stand in
 * quotes, and an address from outside must have been checked to be http(s): escaping cannot make `javascript:` harmless.
 */
export function html(written: TemplateStringsArray, ...fragments: readonly Fragment[]): Safe {
  return { [markup]: written.reduce((done, text, index) => done + escaped(fragments[index - 1]) + text) };
}

/** The text to send. */
export function render(page: Safe): string {
  return page[markup];
}

function escaped(fragment: Fragment): string {
  if (fragment === null || fragment === undefined || fragment === false) return "";
  if (typeof fragment === "number") return String(fragment);
  if (typeof fragment === "string")
    return fragment.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  if (isMarkup(fragment)) return fragment[markup];
  return fragment.map(escaped).join("");
}

function isMarkup(fragment: Safe | readonly Fragment[]): fragment is Safe {
  return markup in fragment;
}
