import { z } from "zod";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import { actionWords } from "./change-words.ts";
import { shown } from "./field-words.ts";
import { propertyOf } from "./problem-words.ts";

/** One held change, as a person reads it. */
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

/** The names of lists and segments by id, as far as they are known. */
export type CollectionNames = PerSide<ReadonlyMap<string, string>>;

export const NO_NAMES: CollectionNames = { hubspot: new Map(), klaviyo: new Map() };

const words = z.tuple([z.string(), z.enum(SIDES), z.string(), z.unknown()]);
const value = z.union([z.string(), z.boolean(), z.array(z.string()), z.null()]);
const pairs = z.array(z.tuple([z.string(), value]));
const optOut = z.union([
  z.object({ kind: z.literal("type"), type: z.string() }),
  z.object({ kind: z.literal("list"), list: z.string() }),
  z.object({ kind: z.literal("all") }),
]);

/** The words of a held change (`plan/changes.ts`) for people; `null` for those of another version of Tandem. */
export function heldChange(text: string, names: CollectionNames = NO_NAMES): HeldChange | null {
  const read = words.safeParse(parsed(text));
  if (!read.success) return null;
  const [who, side, kind, what] = read.data;
  const name = SIDE_NAMES[side];
  const list = listWords(names, side, String(what));
  const simple = (sentence: string): HeldChange => ({ who, what: sentence, values: null });
  switch (kind) {
    case "create":
    case "update":
      return typeof what === "string" ? emptied(who, side, what) : fields(who, side, kind, what);
    case "add_to_list":
      return simple(`Add to the ${name} list ${list}`);
    case "remove_from_list":
      return simple(`Remove from the ${name} list ${list}`);
    case "subscribe":
      return simple(`Request a subscription to the ${name} list ${list}`);
    case "opt_out":
      return simple(`Unsubscribe in ${name} from ${optedOutOf(what, names, side)}`);
    case "leave":
      return simple(`Treat as removed from the ${name} list or segment ${list}`);
    case "enter":
      return simple(`Treat as added to the ${name} list or segment ${list}`);
    case "repoint":
      return simple(`Use another ${name} list or segment for this name: ${String(what)}`);
    case "gone":
      return simple(`Treat as deleted in ${name} (contact ${String(what)})`);
    default:
      return null;
  }
}

/** One held change in a line, without the person. */
export function heldLine({ what, values }: HeldChange): string {
  if (values === null) return what;
  if (values.kind === "emptied") return `${what}: ${propertyOf(values.side, values.field)}`;
  const parts = Object.entries(values.after).map(
    ([key, one]) => `${propertyOf(values.side, key)} ${shown(one)}`,
  );
  return parts.length === 0 ? what : `${what}: ${parts.join(", ")}`;
}

/** `"Newsletter" (Y6nRLr)`, or the id alone. */
function listWords(names: CollectionNames, side: Side, id: string): string {
  const name = names[side].get(id);
  return name === undefined || name === id ? id : `"${name}" (${id})`;
}

function optedOutOf(what: unknown, names: CollectionNames, side: Side): string {
  const read = optOut.safeParse(what);
  if (!read.success || read.data.kind === "all") return "all email";
  return read.data.kind === "type"
    ? `subscription type ${read.data.type}`
    : `the list ${listWords(names, side, read.data.list)}`;
}

function emptied(who: string, side: Side, field: string): HeldChange {
  return { who, what: `Empty a value in ${SIDE_NAMES[side]}`, values: { kind: "emptied", side, field } };
}

function fields(who: string, side: Side, kind: "create" | "update", what: unknown): HeldChange | null {
  const read = pairs.safeParse(what);
  if (!read.success) return null;
  const after: Readonly<Record<string, Value>> = Object.fromEntries(read.data);
  return { who, what: actionWords(side, kind), values: { kind, side, before: null, after } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
