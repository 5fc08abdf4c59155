import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { hubspot } from "../../../src/connectors/hubspot/index.ts";
import { oauthToken } from "../../../src/connectors/hubspot/oauth.ts";
import { klaviyo } from "../../../src/connectors/klaviyo/index.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";

const TOTAL_MS = 300;
const BETWEEN_BYTES_MS = 30;

interface Trickling {
  readonly url: string;
  readonly requested: () => number;
  readonly open: () => number;
}

/** A vendor whose answers begin at once and never end: their bodies come a byte at a time, with few pauses. */
async function trickling(): Promise<Trickling> {
  const sockets = new Set<Socket>();
  let requested = 0;
  const trickle = (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write("{");
    const timer = setInterval(() => response.write(" "), BETWEEN_BYTES_MS);
    response.on("close", () => clearInterval(timer));
  };
  const server = createServer((request, response) => {
    requested += 1;
    request.resume().on("end", () => trickle(response));
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requested: () => requested, open: () => sockets.size };
}

const live = new AbortController().signal;
const timing = { now: Date.now, sleep: async () => {}, apiShare: 1, timeoutMs: TOTAL_MS, log: () => {} };
const ofHubSpot = (baseUrl: string) =>
  hubspot({ ...timing, token: "pat", baseUrl, apiVersion: "2026-03", optOutTypes: [], companies: false });
const ofKlaviyo = (baseUrl: string) => klaviyo({ ...timing, key: "pk", baseUrl, revision: "2026-07-15" });

const requests: readonly (readonly [string, (url: string) => Promise<unknown>])[] = [
  ["HubSpot, without the SDK", (url) => ofHubSpot(url).account(live)],
  ["HubSpot, with the SDK", (url) => ofHubSpot(url).contacts.read(["1"], [], live)],
  ["HubSpot's sign-in", (url) => signIn(url)()],
  ["Klaviyo", (url) => ofKlaviyo(url).account(live)],
  ["Klaviyo, by id", (url) => ofKlaviyo(url).contacts.read(["1"], [], live)],
];

function signIn(baseUrl: string): () => Promise<string> {
  return oauthToken({ ...timing, clientId: "id", clientSecret: "secret", refreshToken: "refresh", baseUrl });
}

test.each(requests)(
  "an answer that trickles in ends at its total time, three times, and then the side is out: %s",
  { timeout: 20_000 },
  async (_name, request) => {
    const vendor = await trickling();
    const begun = performance.now();
    await expect(request(vendor.url)).rejects.toThrow(SystemUnavailable);
    expect(vendor.requested()).toBe(3);
    expect(performance.now() - begun).toBeGreaterThan(2.5 * TOTAL_MS);
    // Nobody waits on behind the caller's back: a socket whose answer was given up is closed.
    await expect.poll(vendor.open, { timeout: 5_000 }).toBe(0);
  },
);
