import { expect } from "vitest";
import { nativeFrom, placeOf } from "../../src/connectors/klaviyo/fields.ts";
import type { Value, Values } from "../../src/model/value.ts";
import type { ProfileEdit } from "../../src/sandbox/klaviyo/control/profile-control.ts";
import { rehearsedKlaviyo } from "../support/klaviyo-connector.ts";
import { connectorContract } from "./connector-contract.ts";
import type { ConnectorHarness, ContractType } from "./harness.ts";

const PROPERTIES: Readonly<Record<ContractType, string>> = {
  text: "first_name",
  number: "properties.Lifetime value",
  boolean: "properties.vip",
  date: "properties.renewal_date",
  datetime: "properties.last_call",
  list: "properties.interests",
};

/** Values as somebody would have typed them in, in Klaviyo's own words. */
function typed(values: Values): ProfileEdit {
  const attributes: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  const unset: string[] = [];
  for (const [type, property] of Object.entries(PROPERTIES) as [ContractType, string][]) {
    const place = placeOf(property);
    const value: Value | undefined = values[property];
    if (place === null || value === undefined) continue;
    const native = nativeFrom(value, type, place);
    if (place.kind !== "custom") attributes[place.name] = native;
    else if (native === null) unset.push(place.name);
    else properties[place.name] = native;
  }
  return { ...attributes, properties, unset };
}

async function klaviyoHarness(): Promise<ConnectorHarness> {
  const rehearsed = await rehearsedKlaviyo();
  const { connector, sandbox, world, unspecified } = rehearsed;
  const lists = [sandbox.createList({ name: "One" }), sandbox.createList({ name: "Two" })] as const;
  const HOUR = 3_600_000;
  return {
    connector,
    lists,
    properties: PROPERTIES,
    refused: { property: "phone_number", value: "12345" },
    followsMerges: false,
    forbidWrites(skip) {
      for (const [at, match] of ["update_profile", "add_profiles_to_list"].entries())
        world.faults.add({
          match,
          skip: at < skip ? 1 : 0,
          times: 99,
          fault: { kind: "status", status: 403, applied: "before" },
        });
    },
    user: {
      async create(email, values, collections) {
        const id = sandbox.createProfile({ email, ...typed(values) });
        for (const list of collections) sandbox.addToList(list, [id]);
        return id;
      },
      edit: async (id, values) => sandbox.editProfile(id, typed(values)),
      spoil: async (id) => sandbox.editProfile(id, { properties: { "Lifetime value": "a lot" } }),
      delete: async (id) => sandbox.deleteProfile(id),
      merge: async (winner, loser) => sandbox.mergeProfiles(loser, winner),
      join: async (id, list) => sandbox.addToList(list, [id]),
      leave: async (id, list) => sandbox.removeFromList(list, [id]),
      dropCollection: async (list) => sandbox.deleteList(list),
      members: async (list) =>
        sandbox
          .dump(null, 10_000)
          .profiles.filter((profile) => profile.lists.some((each) => each === list))
          .map(({ id }) => id),
      count: async (email) => (sandbox.profile(email) === null ? 0 : 1),
    },
    pass: async () => world.clock.advance(HOUR),
    async close() {
      await rehearsed.close();
      expect(unspecified).toEqual([]);
    },
  };
}

connectorContract("Klaviyo", klaviyoHarness);
