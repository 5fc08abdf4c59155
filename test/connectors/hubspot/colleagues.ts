import { onTestFinished } from "vitest";
import type { HubSpotDeps } from "../../../src/connectors/hubspot/index.ts";
import type { Connector, Cursor, PropertyRequest, PullPage } from "../../../src/connectors/connector.ts";
import type { Contact } from "../../../src/model/contact.ts";
import type { Settings } from "../../../src/sandbox/hubspot/settings.ts";
import { live, rehearse } from "./rehearsal.ts";
import type { Rehearsal } from "./rehearsal.ts";

export const BARE: readonly PropertyRequest[] = [{ property: "firstname", type: "text" }];
export const MAPPED: readonly PropertyRequest[] = [
  ...BARE,
  { property: "company.name", type: "text" },
  { property: "company.numberofemployees", type: "number" },
];

export interface Started extends Rehearsal {
  readonly list: string;
  readonly ids: readonly string[];
  readonly companies: readonly string[];
}

/** So many people, dealt out to so many companies as their primary one. */
export async function withColleagues(
  people: number,
  companies: number,
  settings: Partial<Settings> = {},
  deps: Partial<HubSpotDeps> = {},
): Promise<Started> {
  const started = await rehearse(settings, deps);
  onTestFinished(() => started.close());
  const list = started.portal.createList("Members");
  const ids = started.portal.seedContacts(
    Array.from({ length: people }, (_, index) => ({
      properties: { email: `person-${index}@example.com`, firstname: `Name ${index}` },
      lists: [list],
    })),
  );
  const made = Array.from({ length: companies }, (_, index) =>
    started.portal.createObject(
      "companies",
      { name: `Company ${index}`, numberofemployees: String(index) },
      ids.filter((_id, at) => at % companies === index).map((id) => ({ id, primary: true })),
    ),
  );
  started.pass();
  started.calls();
  return { ...started, list, ids, companies: made };
}

export interface Pulled {
  readonly pages: readonly PullPage[];
  readonly cursor: Cursor;
  readonly contacts: ReadonlyMap<string, Contact>;
}

export async function pull(
  connector: Connector,
  list: string,
  cursor: Cursor | null,
  properties: readonly PropertyRequest[] = MAPPED,
  most = Number.POSITIVE_INFINITY,
): Promise<Pulled> {
  const pages: PullPage[] = [];
  for await (const page of connector.contacts.pull({ collections: [list], properties }, cursor, live())) {
    pages.push(page);
    if (pages.length >= most) break;
  }
  const contacts = pages.flatMap((page) => (page.kind === "contacts" ? page.contacts : []));
  return {
    pages,
    cursor: pages.at(-1)?.cursor ?? "",
    contacts: new Map(contacts.map((contact) => [contact.id, contact])),
  };
}

export const namesIn = ({ contacts }: Pulled) =>
  [...contacts.values()].map(({ values }) => values["company.name"]);
export const problemsIn = ({ pages }: Pulled) =>
  pages.flatMap((page) => (page.kind === "properties_gone" ? [page.problem] : []));
