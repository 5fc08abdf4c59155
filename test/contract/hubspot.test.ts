import type { Value, Values } from "../../src/model/value.ts";
import { emailsOf } from "../../src/sandbox/hubspot/contacts/contact.ts";
import { rehearse } from "../connectors/hubspot/rehearsal.ts";
import { connectorContract } from "./connector-contract.ts";
import type { ConnectorHarness } from "./harness.ts";

const OPTIONS = ["red", "green", "blue"].map((value) => ({ label: value, value, hidden: false }));

async function hubspotHarness(): Promise<ConnectorHarness> {
  const { connector, portal, world, pass, close } = await rehearse();
  const group = { groupName: "contactinformation" };
  portal.createProperty({
    ...group,
    name: "colours",
    label: "Colours",
    type: "enumeration",
    fieldType: "checkbox",
    options: OPTIONS,
  });
  // A text property mapped as a number: the only way in which HubSpot can hold a number that is none.
  portal.createProperty({ ...group, name: "points", label: "Points", type: "string", fieldType: "text" });
  const lists = [portal.createList("First"), portal.createList("Second")] as const;
  return {
    connector,
    lists,
    properties: {
      text: "notes_text",
      number: "points",
      boolean: "is_vip",
      date: "renewal_date",
      datetime: "last_demo_at",
      list: "colours",
    },
    refused: { property: "persona", value: "poison" },
    followsMerges: true,
    forbidWrites(skip) {
      const body = { status: "error", category: "MISSING_SCOPES", message: "no" };
      for (const [at, match] of ["batch/update", "memberships/add"].entries())
        world.faults.add({
          match,
          skip: at < skip ? 1 : 0,
          times: 99,
          fault: { kind: "status", status: 403, applied: "before", body },
        });
    },
    user: {
      async create(email, values, collections) {
        const [id = ""] = portal.seedContacts([
          { properties: { email, ...onWire(values) }, lists: collections },
        ]);
        return id;
      },
      edit: async (id, values) => portal.editContact({ id }, onWire(values)),
      spoil: async (id) => portal.editContact({ id }, { points: "many" }),
      delete: async (id) => portal.archiveContact({ id }),
      merge: async (winner, loser) => void portal.mergeContacts({ id: winner }, { id: loser }),
      join: async (id, list) => void portal.changeMembers(list, { add: [id] }),
      leave: async (id, list) => void portal.changeMembers(list, { remove: [id] }),
      dropCollection: async (list) => portal.deleteList(list),
      members: async (list) => [...(portal.state.lists.get(list)?.members.keys() ?? [])],
      count: async (email) =>
        [...portal.state.contacts.fromId(0)].filter((contact) => emailsOf(contact).includes(email)).length,
    },
    pass: async () => pass(),
    close,
  };
}

/** As a person's browser would send it. */
function onWire(values: Values): Record<string, string> {
  const text = (value: Value): string =>
    value === null ? "" : Array.isArray(value) ? value.join(";") : String(value);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

connectorContract("HubSpot", hubspotHarness);
