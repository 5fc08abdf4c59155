import { expect, test } from "vitest";
import type { HubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import { hubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import type { HubspotData } from "../../../src/sandbox/hubspot/state.ts";
import type { World } from "../../../src/sandbox/world.ts";
import { TOKEN } from "./start-hubspot.ts";
import type { Act, Kind, Request } from "../twins.ts";
import { compareTwins } from "../twins.ts";

const NAMES = ["Ada", "Bjørn", "", "O'Brien", "🚀", "Ada"];
const address = (number: number): string => `person${number % 20}@example.com`;

function act(hubspot: HubspotSandbox, [kind, one, other]: Act, { clock }: World): void {
  const { contacts } = hubspot.dumpContacts();
  const id = (number: number): string => contacts[number % Math.max(1, contacts.length)]?.id ?? "0";
  const lists = hubspot.state.lists.all();
  const list = lists[other % Math.max(1, lists.length)]?.id ?? "0";
  const person = {
    email: address(one),
    firstname: NAMES[other % NAMES.length] ?? "",
    phone: `+1555${other}`,
  };
  switch (kind % 20) {
    case 16:
      return hubspot.editContact({ id: id(one) }, { lead_score: other });
    case 17:
      return void hubspot.authorizeApp("40000000");
    case 18:
      return submit(hubspot, "/crm/v3/objects/notes", {
        properties: { hs_timestamp: "2026-06-01T10:00:00Z", hs_note_body: `Note ${other}` },
        associations: [
          {
            to: { id: id(one) },
            types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 202 }],
          },
        ],
      });
    case 19:
      return submit(hubspot, "/events/v3/send", {
        eventName: "pe147893286_click",
        objectId: id(one),
        uuid: `uuid-${other % 3}`,
        properties: { subject: `Subject ${other}` },
      });
    case 0:
    case 1:
    case 2:
    case 3:
      return void hubspot.seedContacts([{ properties: person }], { force: other % 7 === 0 });
    case 4:
      return hubspot.editContact({ id: id(one) }, { jobtitle: `Job ${other}`, city: "Tartu" });
    case 5:
      return hubspot.editContact({ id: id(one) }, { email: address(other) });
    case 6:
      return hubspot.archiveContact({ id: id(one) });
    case 7:
      return hubspot.eraseContact({ id: id(one) });
    case 8:
      return void hubspot.mergeContacts({ id: id(one) }, { id: id(other) });
    case 9:
      return void hubspot.createList(`List ${one % 4}`, other % 2 === 0 ? "MANUAL" : "DYNAMIC");
    case 10:
      return void hubspot.changeMembers(list, { add: [id(one), id(one + 1)], remove: [id(one + 5)] });
    case 11:
      return hubspot.unsubscribeFromAll(address(one));
    case 12:
      return hubspot.setSubscription(address(one), 1 + (other % 2), "UNSUBSCRIBED");
    case 13:
      return void hubspot.createObject("companies", { name: `Company ${other}` }, [
        { id: id(one), primary: other % 2 === 0 },
      ]);
    case 14:
      return hubspot.removeOption("persona", ["buyer", "champion", "user"][one % 3] ?? "");
    default:
      return clock.advance(one * 700);
  }
}

/** A request of the API, as the app behind the token. */
function submit(hubspot: HubspotSandbox, path: string, body: unknown): void {
  const route = hubspot.vendor.routes.find((each) => each.path === path && each.method === "POST");
  const headers = { authorization: `Bearer ${TOKEN}` };
  void route?.handle({ method: "POST", path, params: {}, query: new URLSearchParams(), headers, body });
}

const after = (path: string): Pick<Request, "next"> => ({
  next: (body) => {
    const next = (body as { paging?: { next?: { after: string } } }).paging?.next?.after;
    return next === undefined ? null : { method: "GET", path: `${path}&after=${next}` };
  },
});

const get = (path: string): Request => ({ method: "GET", path, ...after(path) });

const search: Request = {
  method: "POST",
  path: "/crm/v3/objects/contacts/search",
  body: {
    filterGroups: [{ filters: [{ propertyName: "lastmodifieddate", operator: "GTE", value: "1" }] }],
    sorts: [{ propertyName: "lastmodifieddate", direction: "ASCENDING" }],
    properties: ["email", "jobtitle", "hs_email_optout"],
    limit: 100,
  },
};

const HUBSPOT: Kind<HubspotSandbox> = {
  make: (own, kept) =>
    hubspotSandbox(own, {
      tokens: [TOKEN],
      // A client that asks twice must not get another answer for having asked.
      settings: { tier: "off", customEvents: true, customEventLagMs: 700 },
      ...(kept === undefined ? {} : { kept: kept as HubspotData }),
    }),
  begin(hubspot) {
    const lists = ["First", "Second"].map((name) => hubspot.createList(name));
    hubspot.createApp({ appId: "40000000" });
    submit(hubspot, "/events/v3/event-definitions", {
      label: "Click",
      propertyDefinitions: [{ name: "subject", label: "Subject" }],
    });
    hubspot.seedContacts([1, 2, 3, 4, 5, 6].map((one) => ({ properties: { email: address(one) }, lists })));
  },
  act,
  dump(hubspot) {
    const { contacts } = hubspot.dumpContacts();
    const leadsTo = contacts.flatMap(({ mergedIds }) =>
      mergedIds.map((id) => hubspot.state.contacts.resolve(id)?.id),
    );
    const timelines = contacts.map(({ id }) => hubspot.timelineOf({ id }));
    return [
      contacts,
      leadsTo,
      hubspot.state.lists.all(),
      timelines,
      hubspot.timelineCounts(),
      hubspot.keep(),
    ];
  },
  headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
  requests: [
    get("/crm/v3/objects/contacts?limit=3&properties=email,firstname,hs_merged_object_ids&archived=false"),
    get("/crm/v3/objects/contacts?limit=3&propertiesWithHistory=email,jobtitle&archived=true"),
    search,
    get("/crm/v3/lists/1/memberships/join-order?limit=2"),
    get("/crm/v3/lists/2/memberships?limit=2"),
    get("/crm/v3/properties/contacts/persona?archived=false"),
    get("/communication-preferences/v3/status/email/person1@example.com?"),
    get("/account-info/v3/details?"),
    get("/crm/v3/objects/notes?limit=2&properties=hs_note_body"),
  ],
};

test("a HubSpot that continues from what it kept is the one that kept it", async () => {
  await expect(compareTwins(HUBSPOT)).resolves.toBeUndefined();
});
