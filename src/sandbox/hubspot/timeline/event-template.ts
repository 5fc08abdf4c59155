import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { textField, textIn } from "../wire/request-parts.ts";

export type TokenType = "string" | "number" | "date" | "enumeration";

/** One value that events of a template carry. */
export interface TemplateToken {
  readonly name: string;
  readonly label: string;
  readonly type: TokenType;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  /** The property of the contact that takes the value over, or null. */
  readonly objectPropertyName: string | null;
}

/** How an app's events look on the timeline, and what they carry. */
export interface EventTemplate {
  readonly id: string;
  readonly name: string;
  readonly objectType: "contacts" | "companies" | "deals";
  readonly headerTemplate: string;
  readonly detailTemplate: string;
  readonly tokens: readonly TemplateToken[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

const TOKEN_TYPES: readonly TokenType[] = ["string", "number", "date", "enumeration"];
const OBJECT_TYPES: Readonly<Record<string, EventTemplate["objectType"]>> = {
  contacts: "contacts",
  contact: "contacts",
  companies: "companies",
  company: "companies",
  deals: "deals",
  deal: "deals",
};
/** Documented for app events; of v3 no other numbers are known. */
const LONGEST_HEADER = 1_000;
const LONGEST_DETAIL = 10_000;
const MOST_TOKENS = 500;

/**
 * Reads what a template or an event type is made of.
 *
 * @throws VendorError 400 where it cannot be one
 */
export function templateFrom(body: JsonObject, id: string, now: number): EventTemplate {
  const objectType = OBJECT_TYPES[textIn(body["objectType"] ?? "contacts").toLowerCase()];
  if (objectType === undefined)
    throw invalid(`Unable to infer object type from: ${textIn(body["objectType"])}`);
  const tokens = body["tokens"] ?? [];
  if (!Array.isArray(tokens)) throw invalid("tokens is not an array");
  if (tokens.length > MOST_TOKENS) throw invalid(`An event type has at most ${MOST_TOKENS} properties`);
  return {
    id,
    name: textField(body, "name"),
    objectType,
    headerTemplate: templateText(body, "headerTemplate", LONGEST_HEADER),
    detailTemplate: templateText(body, "detailTemplate", LONGEST_DETAIL),
    tokens: tokens.map((token: unknown) => tokenFrom(token as JsonObject)),
    createdAt: now,
    updatedAt: now,
  };
}

/** @throws VendorError 400 */
export function tokenFrom(body: JsonObject): TemplateToken {
  const name = textField(body, "name");
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw invalid(`"${name}" is not a valid token name`);
  const type = TOKEN_TYPES.find((known) => known === body["type"]);
  if (type === undefined) throw invalid(`"${String(body["type"])}" is not a valid token type`);
  const options = Array.isArray(body["options"]) ? (body["options"] as TemplateToken["options"]) : [];
  if (type === "enumeration" && options.length === 0) throw invalid(`Token ${name} needs options`);
  const property = body["objectPropertyName"];
  return {
    name,
    label: textField(body, "label"),
    type,
    options: options.map(({ label, value }) => ({ label, value })),
    objectPropertyName: typeof property === "string" ? property : null,
  };
}

/**
 * The values of an event as texts. Numbers are echoed as their text, as HubSpot's own example does. What the template
 * does not know is refused: HubSpot does not say what becomes of it.
 *
 * @throws VendorError 400
 */
export function tokenValues(
  tokens: readonly Pick<TemplateToken, "name" | "type" | "options">[],
  given: unknown,
): Record<string, string> {
  const values: Record<string, string> = {};
  if (typeof given !== "object" || given === null) throw invalid("tokens is not an object");
  for (const [name, raw] of Object.entries(given)) {
    const token = tokens.find((known) => known.name === name);
    if (token === undefined) throw invalid(`"${name}" is no token of this template`);
    if (typeof raw !== "string" && typeof raw !== "number" && typeof raw !== "boolean") {
      throw invalid(`Cannot deserialize value of token "${name}"`);
    }
    const value = String(raw);
    if (!fits(token, value)) throw invalid(`"${value}" is not a valid ${token.type} for token "${name}"`);
    values[name] = value;
  }
  return values;
}

function fits({ type, options }: Pick<TemplateToken, "type" | "options">, value: string): boolean {
  switch (type) {
    case "string":
      return true;
    case "number":
      return value.trim() !== "" && Number.isFinite(Number(value));
    case "date":
      return /^\d+$/.test(value) || !Number.isNaN(Date.parse(value));
    case "enumeration":
      return options.some((option) => option.value === value);
  }
}

function templateText(body: JsonObject, name: string, longest: number): string {
  const text = body[name] ?? "";
  if (typeof text !== "string") throw invalid(`${name} is not a text`);
  if (text.length > longest) throw invalid(`${name} has at most ${longest} characters`);
  return text;
}
