import { expect, test } from "vitest";
import { mayReadMetrics } from "../../../src/service/metrics/may-read.ts";
import { metrics } from "../../../src/service/metrics/metrics.ts";
import { startMetricsServer } from "../../../src/service/metrics/metrics-server.ts";

const HERE = { host: "127.0.0.1:9090" };
const TOKEN = "a token of 24 characters";

test.each([
  ["this machine", HERE, "127.0.0.1", true],
  ["this machine by IPv6", { host: "[::1]:9090" }, "::1", true],
  ["this machine, mapped", { host: "localhost" }, "::ffff:127.0.0.1", true],
  ["a neighbour", HERE, "10.0.0.7", false],
  [
    "a neighbour that says it is this machine",
    { ...HERE, "x-forwarded-for": "127.0.0.1" },
    "10.0.0.7",
    false,
  ],
  ["a proxy on this machine", { ...HERE, "x-forwarded-for": "10.0.0.7" }, "127.0.0.1", false],
  ["a proxy that adds only Forwarded", { ...HERE, forwarded: "for=10.0.0.7" }, "127.0.0.1", false],
  ["a proxy that adds only Via", { ...HERE, via: "1.1 proxy" }, "127.0.0.1", false],
  ["a browser here, sent by a foreign site", { host: "evil.example.com" }, "127.0.0.1", false],
  ["nobody known", HERE, undefined, false],
])("without a token: %s", (_who, headers, remoteAddress, may) => {
  expect(mayReadMetrics(null, { headers, remoteAddress })).toBe(may);
});

test.each([
  ["no token", {}, false],
  ["another token", { authorization: "Bearer another" }, false],
  ["the token alone", { authorization: TOKEN }, false],
  [
    "the token, from anywhere and through a proxy",
    { authorization: `Bearer ${TOKEN}`, via: "1.1 proxy" },
    true,
  ],
])("with a token: %s", (_what, headers, may) => {
  expect(mayReadMetrics(TOKEN, { headers: { ...headers, host: "tandem" }, remoteAddress: "10.0.0.7" })).toBe(
    may,
  );
  expect(mayReadMetrics(TOKEN, { headers: { ...headers, ...HERE }, remoteAddress: "127.0.0.1" })).toBe(may);
});

test("a port for metrics alone serves them to those who may read, and nothing else", async () => {
  const served = await startMetricsServer(metrics("1.2.3"), { token: TOKEN, host: "127.0.0.1", port: 0 });
  try {
    expect((await fetch(served.url)).status).toBe(401);
    const answer = await fetch(served.url, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await answer.text()).toContain('tandem_build_info{version="1.2.3"} 1');
    expect((await fetch(served.url.replace("/metrics", "/"))).status).toBe(404);
  } finally {
    await served.close();
  }
});
