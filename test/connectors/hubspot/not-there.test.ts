import { expect, it } from "vitest";
import { emailKey } from "../../../src/model/email.ts";
import type { ContactReading } from "../../../src/model/contact.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import { live, PROPERTIES } from "./rehearsal.ts";
import type { StubAnswer, StubCall } from "./stub.ts";
import { stub } from "./stub.ts";

const IDS = ["1", "2", "3"];
const EMAILS = ["a@example.com", "b@example.com", "c@example.com"].flatMap((one) => emailKey(one) ?? []);

const rejection = (message: string, more: object = {}) => ({ status: "error", message, ...more });
const NOT_FOUND = rejection("Could not get some CONTACT objects.", {
  category: "OBJECT_NOT_FOUND",
  context: { ids: IDS },
});
/** An API version that has ended, and a property that HubSpot takes no more. */
const CLOSED: StubAnswer = { status: 404, body: rejection("resource not found") };
const REFUSED: StubAnswer = {
  status: 400,
  body: rejection("Invalid input.", { category: "VALIDATION_ERROR" }),
};

async function requested(answer: (call: StubCall) => StubAnswer) {
  const { connector, calls } = await stub(answer);
  const ended = async (call: Promise<ContactReading>) =>
    call.then(
      ({ contacts }) => contacts.map(({ id }) => id),
      (error: unknown) =>
        error instanceof SystemUnavailable ? `${error.problem.level} ${error.problem.code}` : String(error),
    );
  return {
    calls,
    read: () => ended(connector.contacts.read(IDS, PROPERTIES, live())),
    find: () => ended(connector.contacts.find(EMAILS, PROPERTIES, live())),
  };
}

it("takes contacts for gone where HubSpot says that they are not there", async () => {
  const { read, find } = await requested(() => ({ status: 404, body: NOT_FOUND }));
  expect([await read(), await find()]).toEqual([[], []]);
});

it.each([
  ["an address of its API that it has closed", CLOSED, "connection HS-UNKNOWN"],
  ["a request that it refuses as a whole", REFUSED, "connection HS-UNKNOWN"],
])("takes nobody for gone, or for missing, by %s", async (_name, answer, code) => {
  const { read, find, calls } = await requested(() => answer);
  expect(await read()).toBe(code);
  expect(calls.length).toBe(1);
  expect(await find()).toBe(code);
});

it("finds the others where HubSpot will not look one address up", async () => {
  const { find } = await requested(({ body }) => {
    const inputs = (body as { inputs: readonly { readonly id: string }[] }).inputs;
    if (inputs.some(({ id }) => id.startsWith("b@"))) return REFUSED;
    const at = "2026-06-15T09:00:00.000Z";
    const results = inputs.map(({ id }, place) => ({
      id: String(place + 1),
      properties: { email: id },
      createdAt: at,
      updatedAt: at,
    }));
    return { status: 200, body: { status: "COMPLETE", results } };
  });
  expect((await find()).length).toBeGreaterThan(0);
});
