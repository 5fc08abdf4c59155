import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { Values } from "../../model/value.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { changeLines, deedWords } from "../change-words.ts";
import { propertyOf } from "../problem-words.ts";

/** One change that is held back, as a person reads it. */
export interface HeldChangeView {
  /** An address, or the id of a contact that left. */
  readonly who: string;
  readonly what: string;
  /** Field by field, where it has any. */
  readonly lines: Fragment;
}

const words = z.tuple([z.string(), z.enum(SIDES), z.string(), z.unknown()]);
const value = z.union([z.string(), z.boolean(), z.array(z.string()), z.null()]);
const pairs = z.array(z.tuple([z.string(), value]));

/** The words of a held change (`plan/changes.ts`) for people; `null` for those of another version of Tandem. */
export function heldChange(text: string): HeldChangeView | null {
  const read = words.safeParse(parsed(text));
  if (!read.success) return null;
  const [who, side, kind, what] = read.data;
  const name = SIDE_NAMES[side];
  switch (kind) {
    case "create":
    case "update":
      return typeof what === "string" ? emptied(who, side, what) : fields(who, side, kind, what);
    case "add_to_list":
    case "remove_from_list":
    case "subscribe":
      return { who, what: `${deedWords(side, kind)}: list ${String(what)}`, lines: null };
    case "opt_out":
      return { who, what: deedWords(side, kind), lines: null };
    case "leave":
      return { who, what: `Left list or segment ${String(what)} in ${name}`, lines: null };
    case "enter":
      return { who, what: `Would enter list or segment ${String(what)} in ${name}`, lines: null };
    case "repoint":
      return { who, what: `Stands for another list or segment in ${name}: ${String(what)}`, lines: null };
    case "gone":
      return { who, what: `No longer found in ${name} (${String(what)})`, lines: null };
    default:
      return null;
  }
}

function emptied(who: string, side: Side, field: string): HeldChangeView {
  const what = `Empty a value in ${SIDE_NAMES[side]}`;
  return { who, what, lines: html`<span class="field-name">${propertyOf(side, field)}</span>` };
}

function fields(who: string, side: Side, kind: "create" | "update", what: unknown): HeldChangeView | null {
  const read = pairs.safeParse(what);
  if (!read.success) return null;
  const after: Values = Object.fromEntries(read.data);
  return { who, what: deedWords(side, kind), lines: changeLines({ side, kind, before: null, after }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
