import type { Collection, FieldSpec, Schema } from "../connector.ts";
import type { Calls } from "./wire/calls.ts";
import type { Endpoints } from "./wire/client.ts";
import type { GroupKind } from "./wire/put-together.ts";
import { isVendorProperty, OWN_FIELDS, typeOfNatives } from "./fields.ts";
import { pages } from "./wire/pages.ts";
import { groupPage, profilePage } from "./wire/wire.ts";

/** Klaviyo lists no custom properties: those that the latest few hundred profiles have are the ones we can know. */
const SAMPLED_PAGES = 3;

/** See `Connector.discover`. */
export async function discover(calls: Calls, client: Endpoints, signal: AbortSignal): Promise<Schema> {
  const [custom, schema] = await Promise.all([
    customFields(calls, client, signal),
    outline(calls, client, signal),
  ]);
  return { ...schema, fields: [...schema.fields, ...custom] };
}

/** See `Connector.outline`. */
export async function outline(calls: Calls, client: Endpoints, signal: AbortSignal): Promise<Schema> {
  const [lists, segments] = await Promise.all([
    collections(calls, client, "list", signal),
    collections(calls, client, "segment", signal),
  ]);
  const fields = [...OWN_FIELDS].map(([property, field]) => ({ property, ...field, options: null }));
  return { fields, collections: [...lists, ...segments] };
}

async function customFields(
  calls: Calls,
  client: Endpoints,
  signal: AbortSignal,
): Promise<readonly FieldSpec[]> {
  const natives = new Map<string, unknown[]>();
  let read = 0;
  const call = (cursor: string | null) => client.profiles({ sort: "-updated", cursor, predictions: false });
  for await (const { data } of pages(calls, client.origin, profilePage, call, null, signal)) {
    for (const profile of data.data) {
      const properties = profile.attributes["properties"];
      if (typeof properties !== "object" || properties === null) continue;
      for (const [name, native] of Object.entries(properties)) {
        if (isVendorProperty(name)) continue;
        const known = natives.get(name) ?? [];
        if (native !== null) known.push(native);
        natives.set(name, known);
      }
    }
    if ((read += 1) >= SAMPLED_PAGES) break;
  }
  return [...natives].map(([name, seen]) => ({
    property: `properties.${name}`,
    label: name,
    type: typeOfNatives(seen),
    readOnly: false,
    options: null,
  }));
}

async function collections(
  calls: Calls,
  client: Endpoints,
  kind: GroupKind,
  signal: AbortSignal,
): Promise<readonly Collection[]> {
  const found: Collection[] = [];
  const call = (cursor: string | null) => client.groups(kind, cursor);
  for await (const { data } of pages(calls, client.origin, groupPage, call, null, signal)) {
    for (const { id, attributes } of data.data) {
      const doubleOptIn = attributes.opt_in_process === "double_opt_in";
      found.push({ id, name: attributes.name, kind, writable: kind === "list", doubleOptIn, size: null });
    }
  }
  return found;
}
