import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { hubspot } from "../../../src/connectors/hubspot/index.ts";
import type { HubSpotDeps } from "../../../src/connectors/hubspot/index.ts";
import type { Connector } from "../../../src/connectors/connector.ts";
import { virtualTime } from "../virtual-time.ts";

export interface StubCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface StubAnswer {
  readonly status: number;
  /** Text goes as it is, as HTML; anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Stub {
  readonly url: string;
  readonly calls: readonly StubCall[];
  readonly connector: Connector;
  readonly slept: readonly number[];
}

/** A server that says whatever a test wants to hear, for what no rehearsal of HubSpot would say. */
export async function stub(
  answer: (call: StubCall) => StubAnswer,
  deps: Partial<HubSpotDeps> = {},
): Promise<Stub> {
  const calls: StubCall[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      const call = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      calls.push(call);
      const { status, body: said, headers = {} } = answer(call);
      const isPage = typeof said === "string";
      response.writeHead(status, { "content-type": isPage ? "text/html" : "application/json", ...headers });
      response.end(isPage ? said : JSON.stringify(said ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const time = virtualTime();
  const connector = hubspot({
    token: "pat-eu1-secret-canary",
    baseUrl: url,
    apiVersion: "2026-03",
    apiShare: 1,
    log: () => {},
    now: () => time.now(),
    sleep: (milliseconds, signal) => time.sleep(milliseconds, signal),
    ...deps,
  });
  return { url, calls, connector, slept: time.slept };
}
