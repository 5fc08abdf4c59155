import type { Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { shown } from "../../words/field-words.ts";
import { propertyOf } from "../../words/problem-words.ts";

/** One held change in a line for a person; words of another version of Tandem are shown as they are. */
export function heldLine(words: string): string {
  const read: unknown = JSON.parse(words);
  if (!Array.isArray(read) || read.length !== 4) return words;
  const [who, side, kind, what] = read as readonly unknown[];
  if (typeof who !== "string" || (side !== "hubspot" && side !== "klaviyo")) return words;
  const line = deed(side, kind, what);
  return line === null ? words : `${who}   ${line}`;
}

function deed(side: Side, kind: unknown, what: unknown): string | null {
  const name = SIDE_NAMES[side];
  switch (kind) {
    case "create":
      return `made in ${name}: ${fields(side, what)}`;
    case "update":
      return typeof what === "string"
        ? `${name}: ${propertyOf(side, what)} would be emptied`
        : `${name}: ${fields(side, what)}`;
    case "enter":
      return `would enter ${name} list or segment ${String(what)}`;
    case "repoint":
      return `stands for another ${name} list or segment: ${String(what)}`;
    case "add_to_list":
      return `onto ${name} list ${String(what)}`;
    case "remove_from_list":
      return `off ${name} list ${String(what)}`;
    case "subscribe":
      return `asked to subscribe to ${name} list ${String(what)}`;
    case "opt_out":
      return `unsubscribed in ${name} from ${from(what)}`;
    case "leave":
      return `left ${name} list or segment ${String(what)}`;
    case "gone":
      return `no longer found in ${name}`;
    default:
      return null;
  }
}

function fields(side: Side, what: unknown): string {
  if (!Array.isArray(what)) return "";
  return what
    .flatMap((pair: unknown) => (Array.isArray(pair) ? [pair as readonly unknown[]] : []))
    .map(([key, value]) => `${propertyOf(side, String(key))} ${worded(value)}`)
    .join(", ");
}

function worded(value: unknown): string {
  if (Array.isArray(value)) return shown(value.map(String));
  return typeof value === "string" || typeof value === "boolean" ? shown(value) : "(empty)";
}

function from(what: unknown): string {
  const parts = Object(what) as Readonly<Record<string, unknown>>;
  if (parts["kind"] === "list") return `list ${String(parts["list"])}`;
  return parts["kind"] === "type" ? `subscription type ${String(parts["type"])}` : "all e-mail";
}
