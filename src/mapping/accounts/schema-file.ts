import { z } from "zod";
import type { Schema } from "../../connectors/connector.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { PerSide } from "../../model/side.ts";
import { FIELD_TYPES } from "../../model/value.ts";

/** What both accounts had when somebody with the keys looked: enough to check a mapping against, without them. */
export interface SavedSchema {
  readonly accounts: PerSide<string>;
  readonly schemas: PerSide<Schema>;
}

const FORMAT = "tandem-schema";
const VERSION = 1;

const side = z.strictObject({
  account: z.string(),
  fields: z.array(
    z.strictObject({
      property: z.string(),
      label: z.string(),
      type: z.enum(FIELD_TYPES),
      readOnly: z.boolean(),
      options: z.array(z.string()).nullable(),
    }),
  ),
  collections: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      kind: z.enum(["list", "segment"]),
      writable: z.boolean(),
      doubleOptIn: z.boolean(),
    }),
  ),
});

const file = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  hubspot: side,
  klaviyo: side,
});

/**
 * The schemas as a file to be committed: names, types, options and lists; no key, no person, no count and no time, and all
 * in one order, so that it changes exactly when an account does.
 */
export function writeSchemaFile({ accounts, schemas }: SavedSchema): string {
  const written = (name: "hubspot" | "klaviyo") => ({
    account: accounts[name],
    fields: [...schemas[name].fields]
      .sort((a, b) => compare(a.property, b.property))
      .map(({ property, label, type, readOnly, options }) => ({ property, label, type, readOnly, options })),
    collections: [...schemas[name].collections]
      .sort((a, b) => compare(a.kind, b.kind) || compare(a.id, b.id))
      .map(({ id, name: called, kind, writable, doubleOptIn }) => ({
        id,
        name: called,
        kind,
        writable,
        doubleOptIn,
      })),
  });
  const content = {
    format: FORMAT,
    version: VERSION,
    hubspot: written("hubspot"),
    klaviyo: written("klaviyo"),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** By code units: a locale's order would differ between machines. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const RENEW = "save it again: `tandem check --remote --save-schema FILE`";

/** A saved file read again, or in words why it cannot be used. */
export function readSchemaFile(text: string): SavedSchema | { readonly wrong: string; readonly fix: string } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { wrong: "it is not JSON", fix: RENEW };
  }
  const head = z.looseObject({ format: z.literal(FORMAT), version: z.int() }).safeParse(content).data;
  if (head === undefined) return { wrong: "it is no schema that Tandem saved", fix: RENEW };
  if (head.version !== VERSION) {
    const age = head.version < VERSION ? "an older" : "a newer";
    return {
      wrong: `${age} Tandem saved it, in format ${head.version}; this one reads ${VERSION}`,
      fix: RENEW,
    };
  }
  const parsed = file.safeParse(content);
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join(".") ?? "";
    return { wrong: `it is damaged${at === "" ? "" : ` at \`${at}\``}`, fix: RENEW };
  }
  const { hubspot, klaviyo } = parsed.data;
  const schema = ({ fields, collections }: z.infer<typeof side>): Schema => ({
    fields,
    collections: collections.map((each) => ({ ...each, size: null })),
  });
  return {
    accounts: { hubspot: hubspot.account, klaviyo: klaviyo.account },
    schemas: { hubspot: schema(hubspot), klaviyo: schema(klaviyo) },
  };
}

/** Is the file of the accounts that the mapping names? `null`, or which one it is of. */
export function foreignSchema(mapping: Mapping, { accounts }: SavedSchema): string | null {
  const { portalId } = mapping.hubspot;
  const { accountId } = mapping.klaviyo;
  if (portalId !== null && portalId !== accounts.hubspot)
    return `it is of HubSpot portal ${accounts.hubspot}, and the mapping of ${portalId}`;
  if (accountId !== null && accountId !== accounts.klaviyo)
    return `it is of Klaviyo account ${accounts.klaviyo}, and the mapping of ${accountId}`;
  return null;
}
