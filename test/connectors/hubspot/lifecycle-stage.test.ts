import { expect, onTestFinished, test } from "vitest";
import type { PropertyRequest } from "../../../src/connectors/connector.ts";
import { update } from "./operations.ts";
import { live, rehearse } from "./rehearsal.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

const PROPERTIES: readonly PropertyRequest[] = [
  { property: "firstname", type: "text" },
  { property: "lifecyclestage", type: "option" },
];

/** A customer, and the result of writing a stage to them. */
async function customer() {
  const { connector, portal, close } = await rehearse();
  onTestFinished(close);
  const [id = ""] = portal.seedContacts([
    { properties: { email: "jo@example.com", lifecyclestage: "customer" } },
  ]);
  const write = async (stage: string | null) =>
    (
      await connector.contacts.write(
        [update(id, { firstname: "Jo", lifecyclestage: stage })],
        PROPERTIES,
        OPEN_GATE,
        live(),
      )
    ).results[0];
  const stages = async () => {
    const {
      contacts: [contact],
    } = await connector.contacts.read([id], PROPERTIES, live());
    return contact?.values["lifecyclestage"];
  };
  return { write, stages };
}

test("an earlier stage is not taken, which is its own problem; the rest is written and nothing is cleared", async () => {
  const { write, stages } = await customer();
  const result = await write("lead");
  expect(result).toMatchObject({
    outcome: "done",
    stored: { firstname: "Jo" },
    refused: [{ code: "HS-STAGE", field: "lifecyclestage" }],
  });
  expect(result?.outcome === "done" && result.stored).not.toHaveProperty("lifecyclestage");
  expect(await stages()).toBe("customer");
});

test("a later stage is taken, and an earlier one once a person has cleared it", async () => {
  const { write, stages } = await customer();
  expect(await write("evangelist")).toMatchObject({ stored: { lifecyclestage: "evangelist" }, refused: [] });
  expect(await write(null)).toMatchObject({ stored: { lifecyclestage: null }, refused: [] });
  expect(await write("lead")).toMatchObject({ stored: { lifecyclestage: "lead" }, refused: [] });
  expect(await stages()).toBe("lead");
});
