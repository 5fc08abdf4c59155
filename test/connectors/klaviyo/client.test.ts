import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { endpoints } from "../../../src/connectors/klaviyo/wire/client.ts";
import { KlaviyoFailure } from "../../../src/connectors/klaviyo/problems/failure.ts";
import { problemOfFailure, stopsTheSide } from "../../../src/connectors/klaviyo/problems/problems.ts";
import { klaviyo } from "../../../src/connectors/klaviyo/index.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

const permit = await OPEN_GATE.permit();

const KEY = "pk_canary_0123456789";
const deps = { key: KEY, revision: "2026-07-15", timeoutMs: 200, now: () => 0 };

test.for([
  "https://a.klaviyo.com.evil.example",
  "https://evil.example",
  "http://a.klaviyo.com",
  "http://192.168.0.1:8080",
  "http://localhost.evil.example",
  "https://127.0.0.1",
  "ftp://127.0.0.1",
  "nonsense",
  "",
])("the key does not go to %j", (baseUrl) => {
  const timing = { now: () => 0, sleep: async () => {} };
  const make = () =>
    klaviyo({ key: KEY, baseUrl, revision: "2026-07-15", apiShare: 1, log: () => {}, ...timing });
  expect(make).toThrow(RangeError);
});

test.for(["https://a.klaviyo.com", "http://127.0.0.1:4010", "http://localhost:1", "http://[::1]:1", null])(
  "%j is Klaviyo or a rehearsal",
  (baseUrl) => {
    expect(endpoints({ ...deps, baseUrl }).origin).toBe(baseUrl ?? "https://a.klaviyo.com");
  },
);

test("a failure carries neither the key nor the people of the request (P22)", async () => {
  // Nobody listens on port 1.
  const client = endpoints({ ...deps, baseUrl: "http://127.0.0.1:1" });
  const body = { attributes: { email: "canary@example.com" }, unset: [] };
  const failure: unknown = await client
    .create(permit, body)
    .mutate()
    .catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ kind: "unanswered", notSent: true, ambiguous: false });
  const everything = inspect(failure, { depth: 20, showHidden: true }) + JSON.stringify(failure);
  expect(everything).not.toContain(KEY);
  expect(everything).not.toContain("canary@example.com");
});

test("a request that cannot even be put together is nobody's fault but its own", async () => {
  const client = endpoints({ ...deps, baseUrl: "http://127.0.0.1:1" });
  const failure: unknown = await client
    .create(permit, { attributes: { properties: { odd: 1n } }, unset: [] })
    .mutate()
    .catch((thrown: unknown) => thrown);
  if (!(failure instanceof KlaviyoFailure)) throw new Error("sent", { cause: failure });
  expect(failure).toMatchObject({ kind: "unsendable", ambiguous: false });
  expect(stopsTheSide(failure)).toBe(false);
  expect(problemOfFailure(failure).code).toBe("KL-UNKNOWN");
});

test("the key does not follow a redirect", async () => {
  const thief: string[] = [];
  const elsewhere = await listening((request, response) => {
    thief.push(String(request.headers.authorization));
    response.end("{}");
  });
  const here = await listening((_request, response) => {
    response.writeHead(307, { location: `${elsewhere}/api/accounts` }).end();
  });
  const failure: unknown = await endpoints({ ...deps, baseUrl: here, timeoutMs: 60_000 })
    .accounts()
    .send(null)
    .catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ kind: "answered", status: 307 });
  expect(thief).toEqual([]);
});

/** A server for one test; answers its address. */
async function listening(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
