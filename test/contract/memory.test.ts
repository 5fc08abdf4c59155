import { memory } from "../../src/connectors/memory/index.ts";
import type { Problem } from "../../src/model/problem.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Side } from "../../src/model/side.ts";
import { connectorContract } from "./connector-contract.ts";
import type { ConnectorHarness } from "./harness.ts";
import { CONTRACT_TYPES } from "./harness.ts";

const refused = { property: "text", value: "poison" };

function memoryHarness(side: Side): ConnectorHarness {
  let time = Date.UTC(2026, 0, 1);
  const connector = memory(side, {
    now: () => (time += 1),
    pageSize: 50,
    fields: CONTRACT_TYPES.map((type) => ({
      property: type,
      label: type,
      type,
      readOnly: false,
      options: null,
    })),
    quirks: {
      indexLagMs: 10_000,
      refuse: (operation) =>
        "values" in operation && operation.values["number"] === "666" ? problem(side, null) : null,
      refuseValue: (property, value) =>
        property === "refusing" && value === refused.value ? problem(side, property) : null,
    },
  });
  const { user } = connector;
  const lists = ["list-1", "list-2"] as const;
  for (const list of lists) user.makeCollection(list);
  return {
    connector,
    lists,
    properties: Object.fromEntries(
      CONTRACT_TYPES.map((type) => [type, type]),
    ) as ConnectorHarness["properties"],
    refused: { property: "refusing", value: refused.value },
    followsMerges: side === "hubspot",
    forbidWrites(skip) {
      let left = skip;
      connector.quirks.unavailable = (call) =>
        call === "write" && (left -= 1) < 0 ? new SystemUnavailable(side, problem(side, null), null) : null;
    },
    user: {
      create: async (email, values, collections) => user.create(email, values, collections),
      edit: async (id, values) => user.edit(id, values),
      spoil: async (id) => user.edit(id, { number: "many" }),
      delete: async (id) => user.delete(id),
      merge: async (winner, loser) => user.merge(winner, loser),
      join: async (id, collection) => user.join(id, collection),
      leave: async (id, collection) => user.leave(id, collection),
      dropCollection: async (collection) => user.dropCollection(collection),
      members: async (collection) => user.members(collection),
      count: async (email) => user.all().filter((each) => each.shownEmail?.toLowerCase() === email).length,
    },
    pass: async () => void (time += 3_600_000),
    close: async () => {},
  };
}

function problem(side: Side, field: string | null): Problem {
  return {
    code: side === "hubspot" ? "HS-UNKNOWN" : "KL-UNKNOWN",
    level: field === null ? "contact" : "field",
    side,
    field,
    title: "Poison",
    explanation: "Poison is refused.",
    fix: [],
    retry: "on_change",
    reference: null,
  };
}

connectorContract("memory as HubSpot", async () => memoryHarness("hubspot"));
connectorContract("memory as Klaviyo", async () => memoryHarness("klaviyo"));
