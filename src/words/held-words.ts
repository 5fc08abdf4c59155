import { z } from "zod";
import type { Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import { actionWords } from "./change-words.ts";

/** One change that is held back, as a person reads it. */
export interface HeldChange {
  /** An email address, or the id of a contact that left. */
  readonly who: string;
  readonly what: string;
  readonly values: HeldValues | null;
}

/** The field that would be emptied, or what its fields would become. */
export type HeldValues =
  | { readonly kind: "emptied"; readonly side: Side; readonly field: string }
  | {
      readonly kind: "create" | "update";
      readonly side: Side;
      readonly before: null;
      readonly after: Values;
    };

const words = z.tuple([z.string(), z.enum(SIDES), z.string(), z.unknown()]);
const value = z.union([z.string(), z.boolean(), z.array(z.string()), z.null()]);
const pairs = z.array(z.tuple([z.string(), value]));

/** The words of a held change (`plan/changes.ts`) for people; `null` for those of another version of Tandem. */
export function heldChange(text: string): HeldChange | null {
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
      return { who, what: `${actionWords(side, kind)}: list ${String(what)}`, values: null };
    case "opt_out":
      return { who, what: actionWords(side, kind), values: null };
    case "leave":
      return { who, what: `Left list or segment ${String(what)} in ${name}`, values: null };
    case "enter":
      return { who, what: `Would enter list or segment ${String(what)} in ${name}`, values: null };
    case "repoint":
      return { who, what: `Stands for another list or segment in ${name}: ${String(what)}`, values: null };
    case "gone":
      return { who, what: `No longer found in ${name} (${String(what)})`, values: null };
    default:
      return null;
  }
}

function emptied(who: string, side: Side, field: string): HeldChange {
  return { who, what: `Empty a value in ${SIDE_NAMES[side]}`, values: { kind: "emptied", side, field } };
}

function fields(who: string, side: Side, kind: "create" | "update", what: unknown): HeldChange | null {
  const read = pairs.safeParse(what);
  if (!read.success) return null;
  const after: Values = Object.fromEntries(read.data);
  return { who, what: actionWords(side, kind), values: { kind, side, before: null, after } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
