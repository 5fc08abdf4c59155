import { expect, test } from "vitest";
import { OPEN_GATE } from "../../support/open-gate.ts";
import { create } from "./operations.ts";
import { live, PROPERTIES } from "./rehearsal.ts";
import { stub } from "./stub.ts";

/** As recorded from the real service in 2026-09: 101 is a half-made record, 102 the contact that has the address. */
const TAKEN =
  "Cannot set PropertyValueCoordinates{portalId=1, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=email, value=new@example.com} on 101. 102 already has that value.";
const taken = { status: "error", category: "VALIDATION_ERROR", message: TAKEN };

test("a create that is refused with 400 because a contact has the address exists, with that contact's id", async () => {
  const { connector, calls } = await stub(() => ({ status: 400, body: taken }));
  const { results } = await connector.contacts.write(
    [create("new@example.com")],
    PROPERTIES,
    OPEN_GATE,
    live(),
  );
  expect(results).toEqual([{ outcome: "exists", id: "102" }]);
  expect(calls.length).toBe(1);
});

test("so does one item of a batch whose error says it, and the others are done", async () => {
  const operations = [create("new@example.com"), create("other@example.com")];
  const { connector } = await stub((call) => {
    const [first, other] = (call.body as { inputs: readonly { objectWriteTraceId: string }[] }).inputs;
    return {
      status: 207,
      body: {
        results: [
          {
            id: "7",
            objectWriteTraceId: other?.objectWriteTraceId,
            properties: { email: "other@example.com" },
            createdAt: "2026-09-01T00:00:00Z",
            updatedAt: "2026-09-01T00:00:00Z",
          },
        ],
        errors: [{ ...taken, context: { objectWriteTraceId: [first?.objectWriteTraceId] } }],
      },
    };
  });
  const { results } = await connector.contacts.write(operations, PROPERTIES, OPEN_GATE, live());
  expect(results.map(({ outcome }) => outcome)).toEqual(["exists", "done"]);
  expect(results[0]).toEqual({ outcome: "exists", id: "102" });
});
