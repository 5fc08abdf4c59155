import { describe, expect, it, onTestFinished } from "vitest";
import type { Connector, WriteResult } from "../../../src/connectors/connector.ts";
import type { ListMembership, Operation } from "../../../src/model/operation.ts";
import type { Values } from "../../../src/model/value.ts";
import { create, update } from "./operations.ts";
import { live, PROPERTIES, rehearse } from "./rehearsal.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { stub } from "./stub.ts";
import type { StubAnswer, StubCall } from "./stub.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

async function started(): Promise<Rehearsal> {
  const rehearsal = await rehearse();
  onTestFinished(() => rehearsal.close());
  return rehearsal;
}

const write = async (
  connector: Connector,
  operations: readonly Operation[],
): Promise<readonly WriteResult[]> =>
  (await connector.contacts.write(operations, PROPERTIES, OPEN_GATE, live())).results;

const outcomes = (results: readonly WriteResult[]): readonly string[] =>
  results.map(({ outcome }) => outcome);

const seed = ({ portal }: Rehearsal, count: number, values: Record<string, string> = {}): readonly string[] =>
  portal.seedContacts(
    Array.from({ length: count }, (_, index) => ({
      properties: { email: `p-${index}@example.com`, ...values },
    })),
  );

describe("writing to HubSpot", () => {
  it("writes 99 of 100 when one is bad, in one request and one more for the rest of the bad one", async () => {
    const rehearsal = await started();
    const ids = seed(rehearsal, 100);
    rehearsal.calls();
    const results = await write(
      rehearsal.connector,
      ids.map((id, index) =>
        update(id, { firstname: "New", ...(index === 42 ? { persona: "poison" } : {}) }),
      ),
    );
    expect(results.filter(({ outcome }) => outcome === "done").length).toBe(100);
    expect(results[42]).toMatchObject({
      refused: [{ code: "HS-OPTION", field: "persona" }],
      stored: { firstname: "New" },
    });
    expect(results[41]).toMatchObject({ refused: [], stored: { firstname: "New" } });
    expect(rehearsal.calls().length).toBe(2);
  });

  it("finds one bad contact in a batch that is refused whole, and writes the other 99 (P20)", async () => {
    const { connector, calls } = await stub(obstinate("57"));
    const operations = Array.from({ length: 100 }, (_, index) =>
      update(String(index + 1), { firstname: "New" }),
    );
    const results = await write(connector, operations);
    expect(
      results
        .map(({ outcome }, index) => (outcome === "done" ? null : index + 1))
        .filter((id) => id !== null),
    ).toEqual([57]);
    expect(results[56]).toMatchObject({
      outcome: "refused",
      problem: { code: "HS-UNKNOWN", reference: "c-1" },
    });
    // Both halves of each split on the way down: 2 log2(100), and the first.
    expect(calls.length).toBeLessThanOrEqual(15);
  });

  it("leaves out a property that nobody can write at once, without looking for who has it (P8)", async () => {
    const gone = JSON.stringify([
      { name: "seats", error: "PROPERTY_DOESNT_EXIST", message: 'Property "seats" does not exist' },
    ]);
    const { connector, calls } = await stub((call) =>
      inputsOf(call).some(({ properties }) => "seats" in properties)
        ? { status: 400, body: { status: "error", message: `Property values were not valid: ${gone}` } }
        : echo(call),
    );
    const operations = Array.from({ length: 50 }, (_, index) =>
      update(String(index + 1), index === 9 ? { seats: "3" } : { firstname: "New", seats: "3" }),
    );
    const results = await write(connector, operations);
    expect(calls.length).toBe(2);
    expect(results[0]).toMatchObject({
      outcome: "done",
      stored: { firstname: "New" },
      refused: [{ code: "HS-NOPROP" }],
    });
    expect(results[9]).toMatchObject({ outcome: "refused", problem: { code: "HS-NOPROP", field: "seats" } });
  });

  it("finds whom an error means that names nobody", async () => {
    const { connector } = await stub((call) => {
      const inputs = inputsOf(call);
      const error = { status: "error", category: "VALIDATION_ERROR", message: "No.", context: {} };
      const results = inputs.filter(({ id }) => id !== "3").map(resultOf);
      return inputs.length === results.length
        ? echo(call)
        : { status: 207, body: { status: "COMPLETE", results, numErrors: 1, errors: [error] } };
    });
    const results = await write(
      connector,
      ["1", "2", "3", "4"].map((id) => update(id, { firstname: "New" })),
    );
    expect(outcomes(results)).toEqual(["done", "done", "refused", "done"]);
  });

  it("does not make again whom an answer left out to find out whom its error means", async () => {
    const { connector, calls } = await stub((call) => ({
      status: 207,
      body: {
        status: "COMPLETE",
        results: inputsOf(call)
          .slice(0, 1)
          .map((input) => resultOf({ ...input, id: "1" })),
        numErrors: 1,
        errors: [{ status: "error", category: "VALIDATION_ERROR", message: "No.", context: {} }],
      },
    }));
    const emails = ["a@example.com", "b@example.com", "c@example.com"];
    const results = await write(
      connector,
      emails.map((email) => create(email)),
    );
    expect(outcomes(results)).toEqual(["done", "unknown", "unknown"]);
    expect(calls.length).toBe(1);
  });

  it("does not know what became of a contact that is in no part of the answer", async () => {
    const { connector, calls } = await stub(() => ({
      status: 200,
      body: { status: "COMPLETE", results: [] },
    }));
    const results = await write(connector, [
      update("1", { firstname: "New" }),
      update("2", { firstname: "New" }),
    ]);
    expect(outcomes(results)).toEqual(["unknown", "unknown"]);
    expect(calls.length).toBe(1);
  });

  it("takes a 200 with errors in it for what it is", async () => {
    const rehearsal = await started();
    const connector = rehearsal.connect({ apiVersion: "2026-09" });
    const [id = ""] = seed(rehearsal, 1);
    const results = await write(connector, [
      update(id, { persona: "poison", firstname: "New" }),
      update("999", { firstname: "x" }),
    ]);
    expect(results).toMatchObject([
      { outcome: "done", refused: [{ code: "HS-OPTION" }] },
      { outcome: "gone", problem: { code: "HS-GONE" } },
    ]);
  });

  it("never sends one contact twice in a batch", async () => {
    const rehearsal = await started();
    const [id = ""] = seed(rehearsal, 1);
    const results = await write(rehearsal.connector, [
      update(id, { firstname: "One" }),
      update(id, { seats: "2" }),
    ]);
    expect(outcomes(results)).toEqual(["done", "done"]);
    expect(rehearsal.world.truth.calls.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("does not know what became of a contact that was merged away, and reads its survivor", async () => {
    const rehearsal = await started();
    const [one = "", two = ""] = seed(rehearsal, 2);
    const survivor = rehearsal.portal.mergeContacts({ id: one }, { id: two });
    expect(await write(rehearsal.connector, [update(one, { firstname: "New" })])).toMatchObject([
      { outcome: "unknown" },
    ]);
    const { contacts: read } = await rehearsal.connector.contacts.read([one, two], PROPERTIES, live());
    expect(read.map(({ id }) => id)).toEqual([survivor]);
  });

  it("meets a contact by its additional address as one that exists", async () => {
    const rehearsal = await started();
    const [id = ""] = rehearsal.portal.seedContacts([
      { properties: { email: "first@example.com" }, additionalEmails: ["second@example.com"] },
    ]);
    expect(await write(rehearsal.connector, [create("second@example.com")])).toEqual([
      { outcome: "exists", id },
    ]);
  });

  it("creates one of two with the same address, and links the other to it", async () => {
    const rehearsal = await started();
    const results = await write(rehearsal.connector, [
      create("twin@example.com"),
      create("twin@example.com"),
    ]);
    const [first] = results;
    expect(results).toMatchObject([
      { outcome: "done" },
      { outcome: "exists", id: first?.outcome === "done" ? first.id : "" },
    ]);
  });

  it("writes nothing of a contact whose new address is taken or refused", async () => {
    const rehearsal = await started();
    const [id = "", other = ""] = seed(rehearsal, 2);
    const taken = await write(rehearsal.connector, [
      update(id, { email: "p-1@example.com", firstname: "New" }),
    ]);
    expect(taken).toMatchObject([{ outcome: "refused", problem: { code: "HS-EMAIL-TAKEN" } }]);
    expect(JSON.stringify(taken)).toContain(other);
    const bad = await write(rehearsal.connector, [
      update(id, { email: "x@example.c", firstname: "New" }),
      create("y(z@example.com"),
    ]);
    expect(bad).toMatchObject([{ problem: { code: "HS-EMAIL" } }, { problem: { code: "HS-EMAIL" } }]);
    expect(rehearsal.world.truth.changes.filter(({ actor }) => actor === "api")).toEqual([]);
  });

  it("refuses what HubSpot cannot hold before it asks, and writes the rest", async () => {
    const rehearsal = await started();
    const [id = ""] = seed(rehearsal, 1);
    const [result] = await write(rehearsal.connector, [update(id, { interests: ["a;b"], firstname: "New" })]);
    expect(result).toMatchObject({
      outcome: "done",
      stored: { firstname: "New" },
      refused: [{ code: "SK-TRANSFORM", field: "interests" }],
    });
    expect(await write(rehearsal.connector, [update(id, { interests: ["a;b"] })])).toMatchObject([
      { outcome: "refused" },
    ]);
  });

  it("says what is stored of what was written, and of nothing else", async () => {
    const rehearsal = await started();
    const [id = ""] = seed(rehearsal, 1, { firstname: "Old", seats: "5" });
    const [result] = await write(rehearsal.connector, [update(id, { seats: null, firstname: "New" })]);
    expect(result).toMatchObject({ outcome: "done", id, stored: { seats: null, firstname: "New" } });
    const {
      contacts: [contact],
    } = await rehearsal.connector.contacts.read([id], PROPERTIES, live());
    expect(result).toMatchObject({ updatedAt: contact?.updatedAt });
    expect(contact?.values).toEqual({ seats: null, firstname: "New", persona: null });
  });

  it("puts nobody on a list that HubSpot fills by itself, and asks once", async () => {
    const rehearsal = await started();
    const list = rehearsal.portal.createList("Active", "DYNAMIC");
    const ids = seed(rehearsal, 5);
    const adds = ids.map((id): ListMembership => ({ ...update(id, {}), kind: "add_to_list", list }));
    rehearsal.calls();
    expect(outcomes(await write(rehearsal.connector, adds))).toEqual(
      Array.from({ length: 5 }, () => "refused"),
    );
    expect(rehearsal.calls().length).toBe(1);
    const gone: ListMembership = {
      ...update("999", {}),
      kind: "add_to_list",
      list: rehearsal.portal.createList("Manual"),
    };
    expect(await write(rehearsal.connector, [gone])).toMatchObject([{ outcome: "gone" }]);
  });
});

interface Input {
  readonly id: string;
  readonly objectWriteTraceId: string;
  readonly properties: Values;
}

const inputsOf = ({ body }: StubCall): readonly Input[] => (body as { inputs: readonly Input[] }).inputs;

function resultOf({ id, objectWriteTraceId, properties }: Input): object {
  const at = "2026-06-15T09:00:00.000Z";
  return { id, objectWriteTraceId, properties, createdAt: at, updatedAt: at, archived: false };
}

const echo = (call: StubCall): StubAnswer => ({
  status: 200,
  body: { status: "COMPLETE", results: inputsOf(call).map(resultOf) },
});

/** Refuses every batch with this contact in it, and does not say why. */
function obstinate(id: string): (call: StubCall) => StubAnswer {
  return (call) =>
    inputsOf(call).some((input) => input.id === id)
      ? {
          status: 400,
          body: {
            status: "error",
            message: "Something is wrong",
            category: "VALIDATION_ERROR",
            correlationId: "c-1",
          },
        }
      : echo(call);
}
