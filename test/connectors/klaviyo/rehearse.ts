import { expect, onTestFinished } from "vitest";
import type { Cursor, PullPage } from "../../../src/connectors/connector.ts";
import type { CreateContact, ListMembership, UpdateContact } from "../../../src/model/operation.ts";
import type { Values } from "../../../src/model/value.ts";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { rehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { key } from "../../support/email.ts";

/** A connector on a rehearsal Klaviyo for one test, whose every request must be one that Klaviyo specifies. */
export async function rehearse(deps: Parameters<typeof rehearsedKlaviyo>[0] = {}): Promise<RehearsedKlaviyo> {
  const klaviyo = await rehearsedKlaviyo(deps);
  onTestFinished(async () => {
    await klaviyo.close();
    expect(klaviyo.unspecified).toEqual([]);
  });
  return klaviyo;
}

export const live = (): AbortSignal => new AbortController().signal;

export function people(count: number): readonly { readonly email: string }[] {
  return Array.from({ length: count }, (_, at) => ({ email: `p${at}@example.com` }));
}

/** What a test asks of each profile. */
const PROPERTIES = [
  { property: "first_name", type: "text" },
  { property: "properties.score", type: "number" },
] as const;

/** Pulls these lists and segments from a cursor on. */
export async function pull(
  klaviyo: RehearsedKlaviyo,
  collections: readonly string[],
  cursor: Cursor | null,
): Promise<{ readonly pages: readonly PullPage[]; readonly cursor: Cursor }> {
  const pages: PullPage[] = [];
  const scope = { collections, properties: PROPERTIES };
  for await (const page of klaviyo.connector.contacts.pull(scope, cursor, live())) pages.push(page);
  return { pages, cursor: pages.at(-1)?.cursor ?? "" };
}

let made = 0;
const target = (email: string) => {
  return { traceId: `trace-${(made += 1)}`, side: "klaviyo", email: key(email) } as const;
};

export function create(email: string, values: Values = {}, lists: readonly string[] = []): CreateContact {
  return { kind: "create", ...target(email), values, lists };
}

export function update(id: string, values: Values, email = "any@example.com"): UpdateContact {
  return { kind: "update", ...target(email), id, values };
}

export function member(kind: ListMembership["kind"], id: string, list: string): ListMembership {
  return { kind, ...target("any@example.com"), id, list };
}
