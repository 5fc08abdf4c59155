import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { promptAgent, promptDispatcher } from "../../../src/connectors/http/prompt-agent.ts";

type Send = (port: number, elapsed: () => number) => Promise<void>;

const throughNode: Send = async (port, elapsed) => {
  const agent = promptAgent(new Agent(), elapsed);
  const sent = get({ agent, host: "127.0.0.1", port });
  const [response] = (await once(sent, "response")) as { resume(): unknown }[];
  response?.resume();
};

const throughUndici: Send = async (port, elapsed) => {
  const dispatcher = promptDispatcher(elapsed);
  onTestFinished(() => dispatcher.destroy());
  const { body } = await request(`http://127.0.0.1:${port}/`, { dispatcher });
  await body.dump();
};

/** @param passes so many milliseconds between one look at the clock and the next */
async function answeredAfter(
  passes: number,
  send: Send,
): Promise<{ readonly end: string; readonly arrived: number }> {
  let arrived = 0;
  const server = createServer((_request, response) => {
    arrived += 1;
    response.end("done");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  let at = 0;
  const end = await send((server.address() as AddressInfo).port, () => (at += passes)).then(
    () => "answered",
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
  return { end, arrived };
}

describe.each([
  ["Node's own HTTP", throughNode],
  ["undici", throughUndici],
])("a request through %s", (_name, send) => {
  test("whose connection was made long after it was asked for is not sent", async () => {
    expect(await answeredAfter(26_000, send)).toEqual({ end: "ECONNECTLATE", arrived: 0 });
  });

  test("whose connection is there in time is sent", async () => {
    expect(await answeredAfter(100, send)).toEqual({ end: "answered", arrived: 1 });
  });
});
