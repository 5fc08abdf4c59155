import { expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ properties: { email: `p${index}@example.com` } }));

test("a batch read finds by primary and additional address, in its own order", async () => {
  const { client, hubspot } = await startHubspot();
  const ids = hubspot.seedContacts([
    ...people(20),
    { properties: { email: "ann@example.com" }, additionalEmails: ["old@example.com"] },
  ]);
  const inputs = [
    ...Array.from({ length: 20 }, (_, index) => ({ id: `p${index}@example.com` })),
    { id: "OLD@example.com" },
  ];
  const read = await client.crm.contacts.batchApi.read({
    inputs,
    idProperty: "email",
    properties: ["email"],
    propertiesWithHistory: [],
  });
  expect(read.results.map(({ id }) => id)).not.toEqual(ids);
  expect(read.results.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

test("one error entry tells of all the ids a batch read did not find", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts(people(1));
  const read = await client.crm.contacts.batchApi.readWithHttpInfo({
    inputs: [{ id: "9999" }, { id }, { id: "8888" }],
    properties: ["email"],
    propertiesWithHistory: [],
  });
  expect(read.httpStatusCode).toBe(207);
  expect(read.data.results.map((contact) => contact.id)).toEqual([id]);
  expect(read.data).toMatchObject({
    numErrors: 1,
    errors: [
      {
        category: "OBJECT_NOT_FOUND",
        message:
          "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
        context: { ids: ["9999", "8888"] },
      },
    ],
  });
});

test("a batch takes a hundred, and fifty with property histories", async () => {
  const { client, hubspot } = await startHubspot();
  const inputs = hubspot.seedContacts(people(101)).map((id) => ({ id }));
  const { batchApi } = client.crm.contacts;
  const read = (count: number, propertiesWithHistory: string[]) =>
    batchApi.read({ inputs: inputs.slice(0, count), properties: [], propertiesWithHistory });
  expect((await read(100, [])).results).toHaveLength(100);
  expect((await vendorError(read(101, []))).code).toBe(400);
  expect((await read(50, ["email"])).results[0]?.propertiesWithHistory?.["email"]).toHaveLength(1);
  const { code, body } = await vendorError(read(51, ["email"]));
  expect(code).toBe(400);
  expect(body["message"]).toBe(
    "The maximum number of inputs supported in a batch request for property histories is 50",
  );
});

test("one bad input refuses a whole batch without trace ids, and nothing is written", async () => {
  const { client, hubspot } = await startHubspot();
  hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const create = (emails: readonly string[]) =>
    client.crm.contacts.batchApi.create({
      inputs: emails.map((email) => ({ properties: { email }, associations: [] })),
    });
  expect((await vendorError(create(["new@example.com", "not an address"]))).code).toBe(400);
  expect((await vendorError(create(["new@example.com", "ann@example.com"]))).code).toBe(409);
  expect(hubspot.counts()["contacts"]).toBe(1);
});

test("with a trace id on every input the good ones are written and the bad ones told", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const created = await client.crm.contacts.batchApi.createWithHttpInfo({
    inputs: [
      { properties: { email: "ann@example.com" }, objectWriteTraceId: "row-1", associations: [] },
      { properties: { email: "bob@example.com" }, objectWriteTraceId: "row-2", associations: [] },
      {
        properties: { email: "cat@example.com", missing: "x" },
        objectWriteTraceId: "row-3",
        associations: [],
      },
    ],
  });
  expect(created.httpStatusCode).toBe(207);
  expect(created.data.results).toMatchObject([
    { objectWriteTraceId: "row-2", properties: { email: "bob@example.com" } },
  ]);
  const { errors } = created.data as unknown as { errors: readonly Record<string, unknown>[] };
  expect(errors).toMatchObject([
    {
      category: "CONFLICT",
      message: `Contact already exists. Existing ID: ${ann}`,
      context: { objectWriteTraceId: ["row-1"] },
    },
    { category: "VALIDATION_ERROR", context: { objectWriteTraceId: ["row-3"] } },
  ]);
});

test("a trace id used twice is no trace id", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", bob = ""] = hubspot.seedContacts(people(2));
  const update = client.crm.contacts.batchApi.update({
    inputs: [
      { id: ann, properties: { city: "Bonn" }, objectWriteTraceId: "same" },
      { id: bob, properties: { seats: "many" }, objectWriteTraceId: "same" },
    ],
  });
  expect((await vendorError(update)).code).toBe(400);
});

test("a batch update takes no email for an id, and naming one contact twice refuses it", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([
    { properties: { email: "ann@example.com" }, additionalEmails: ["old@example.com"] },
  ]);
  const twice = client.crm.contacts.batchApi.update({
    inputs: [
      { id, properties: { city: "Bonn" }, objectWriteTraceId: "1" },
      { id, properties: { city: "Ulm" }, objectWriteTraceId: "2" },
    ],
  });
  const { code, body } = await vendorError(twice);
  expect(code).toBe(400);
  expect(body).toMatchObject({
    category: "VALIDATION_ERROR",
    message: `Duplicate IDs found in batch input: [${id}]. IDs must be unique`,
    context: { ids: [id] },
  });
  const byEmail = client.crm.contacts.batchApi.update({
    inputs: [{ id: "old@example.com", idProperty: "email", properties: { city: "Ulm" } }],
  });
  expect((await vendorError(byEmail)).body).toMatchObject({ category: "VALIDATION_ERROR" });
});

test("an upsert updates anybody who has the address and creates anybody who has not", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const { results } = await client.crm.contacts.batchApi.upsert({
    inputs: ["ann@example.com", "bob@example.com"].map((id) => ({
      id,
      idProperty: "email",
      properties: { city: "Bonn" },
      objectWriteTraceId: id,
    })),
  });
  const isNew = Object.fromEntries(
    results.map(({ objectWriteTraceId, _new: made }) => [objectWriteTraceId, made]),
  );
  expect(isNew).toEqual({ "ann@example.com": false, "bob@example.com": true });
  expect(results.find(({ _new: made }) => !made)?.id).toBe(ann);
});

test("two inputs of one batch cannot take one address", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", bob = ""] = hubspot.seedContacts(people(2));
  const { data } = await client.crm.contacts.batchApi.updateWithHttpInfo({
    inputs: [
      { id: ann, properties: { email: "one@example.com" }, objectWriteTraceId: "1" },
      { id: bob, properties: { email: "one@example.com" }, objectWriteTraceId: "2" },
    ],
  });
  expect(data.results.map(({ id }) => id)).toEqual([ann]);
});

test("companies come with the contact's primary company marked", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", bob = ""] = hubspot.seedContacts(people(2));
  const first = hubspot.createObject("companies", { name: "First", domain: "first.example" }, [{ id: ann }]);
  const main = hubspot.createObject("companies", { name: "Main" }, [{ id: ann, primary: true }]);
  const { data } = await client.crm.associations.v4.batchApi.getPageWithHttpInfo("contacts", "companies", {
    inputs: [{ id: ann }, { id: bob }],
  });
  expect(data.results).toHaveLength(1);
  expect(data.results.map(({ _from: { id } }) => id)).toEqual([ann]);
  expect(
    data.results[0]?.to.map(({ toObjectId, associationTypes }) => [
      toObjectId,
      associationTypes.map((type) => type.typeId),
    ]),
  ).toEqual([
    [first, [279]],
    [main, [1, 279]],
  ]);
  const companies = await client.crm.companies.batchApi.read({
    inputs: [{ id: first }],
    properties: ["name", "domain"],
    propertiesWithHistory: [],
  });
  expect(companies.results[0]?.properties).toMatchObject({ name: "First", domain: "first.example" });
});
