import { once } from "node:events";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { promptAgent } from "../../src/connectors/prompt-agent.ts";

/** @param passes so many milliseconds between one look at the clock and the next */
async function askedAfter(passes: number): Promise<{ readonly end: string; readonly arrived: number }> {
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
  const agent = promptAgent(new Agent(), () => (at += passes));
  const request = get({ agent, host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  const answered = once(request, "response").then(([response]: { resume(): unknown }[]) => {
    response?.resume();
    return "answered";
  });
  const end = await answered.catch((error: Error & { code?: string }) => error.code ?? error.message);
  return { end, arrived };
}

test("a request whose connection was made long after it was asked for is not sent", async () => {
  expect(await askedAfter(26_000)).toEqual({ end: "ECONNECTLATE", arrived: 0 });
});

test("a request whose connection is there in time is sent", async () => {
  expect(await askedAfter(100)).toEqual({ end: "answered", arrived: 1 });
});
