import type { FastifyInstance } from "fastify";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { statusReader } from "../../../src/status/status-reader.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { HOST, closed, statusDeps } from "../app.ts";
import type { Seed } from "../seed.ts";
import { seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const XSS = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`;
const PAGES = ["/", "/errors", "/errors?q=nobody", "/errors?page=x", "/nothing-here"];

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let logged: object[];

beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  logged = [];
  app = await statusApp(
    statusDeps(fresh, it.connectionId, {
      log: { error: (details) => void logged.push(details) },
    }),
  );
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

async function page(url: string): Promise<string> {
  return (await app.inject({ url })).body;
}

test("names, addresses and texts from outside stay text on every page", async () => {
  await fresh.database.connection.update({ where: { id: it.connectionId }, data: { name: XSS } });
  const texts = { title: XSS, explanation: XSS, fix: [XSS], reference: XSS, field: XSS };
  await it.problem(await it.link(`${XSS}@example.com`, "failing", { hubspotId: XSS }), texts);
  await it.problem(null, { ...texts, level: "connection" });
  await it.run("stopped", 1, { kind: XSS, note: XSS });
  for (const url of [...PAGES, `/errors?q=${encodeURIComponent(XSS)}`]) {
    const body = await page(url);
    expect(body).not.toMatch(/<script(?! src="\/page\.js")|<img|onerror=alert\(1\)>/);
  }
  expect(await page("/errors")).toContain("&#60;script&#62;");
});

test("an account's address that is no page of the web is no link", async () => {
  await app.close();
  app = await statusApp(
    statusDeps(fresh, it.connectionId, {
      contactUrls: () => ({ hubspot: "javascript:alert('{id}')", klaviyo: null }),
    }),
  );
  await it.link("jo@example.com", "failing", { hubspotId: "51" });
  expect(await page("/errors")).not.toContain("javascript:");
});

test.each(PAGES)("%s has one heading, landmarks, a skip link, and nothing that runs", async (url) => {
  await it.problem(await it.link("jo@example.com", "failing"), {});
  await it.run("finished", 3);
  const body = await page(url);
  expect(body.match(/<h1/g)).toHaveLength(1);
  for (const landmark of ["<header", "<nav", "<main", "<footer", 'href="#content"', '<html lang="en"']) {
    expect(body).toContain(landmark);
  }
  expect(body).not.toMatch(/<script(?! src="\/page\.js")|<style|\sstyle=|\son\w+=|javascript:/);
  for (const [table] of body.matchAll(/<table[^]*?<\/table>/g)) {
    expect(table).toContain("<caption");
    expect(table).not.toMatch(/<th(?![^>]*scope=)[\s>]/);
  }
});

test.each([...PAGES, "/style.css", "/healthz"])("%s is locked down", async (url) => {
  const { headers } = await app.inject({ url });
  const policy = String(headers["content-security-policy"]);
  expect(policy).toMatch(/^default-src 'none';style-src 'self' 'nonce-\w+';script-src 'nonce-\w+';/);
  expect(policy).not.toContain("unsafe");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-frame-options"]).toBe("DENY");
  expect(headers["referrer-policy"]).toBe("same-origin");
});

test("the stylesheet is one, for light and dark", async () => {
  const answer = await app.inject({ url: "/style.css" });
  expect(answer.headers["content-type"]).toBe("text/css; charset=utf-8");
  expect(answer.body).toContain("light-dark(");
  expect(answer.body).toContain(".stacks");
});

test("a site that makes its name point to this machine gets nothing", async () => {
  await it.link("jo@example.com", "failing");
  const answer = await app.inject({ url: "/errors", headers: { host: "evil.example:8080" } });
  expect(answer.statusCode).toBe(421);
  expect(answer.body).not.toContain("jo@example.com");
});

test("a fault shows a reference that is in the log, and nothing of itself", async () => {
  await app.close();
  const fault = new Error("secret postgresql://tandem:pw@db/tandem");
  app = await statusApp(
    statusDeps(fresh, it.connectionId, {
      read: {
        ...statusReader(storeOf(fresh.database, it.connectionId)),
        overview: () => Promise.reject(fault),
      },
      log: { error: (details) => void logged.push(details) },
    }),
  );
  const answer = await app.inject({ url: "/" });
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toMatch(/secret|postgresql|\bat .*\.ts/);
  const [entry] = logged;
  const { reference } = z.object({ reference: z.uuid() }).parse(entry);
  expect(entry).toMatchObject({ err: fault });
  expect(answer.body).toContain(reference);
  const json = await app.inject({ url: "/", headers: { accept: "application/json" } });
  expect(json.json()).toMatchObject({ error: { status: 500, reference: expect.any(String) } });
});

test("alive is not ready: without the database only the first holds", async () => {
  expect((await app.inject({ url: "/healthz" })).statusCode).toBe(200);
  expect((await app.inject({ url: "/readyz" })).statusCode).toBe(200);
  await app.close();
  app = await statusApp(
    statusDeps(fresh, it.connectionId, {
      read: {
        ...statusReader(storeOf(fresh.database, it.connectionId)),
        reach: () => Promise.reject(new Error("down")),
      },
    }),
  );
  expect((await app.inject({ url: "/healthz" })).statusCode).toBe(200);
  expect((await app.inject({ url: "/readyz" })).statusCode).toBe(503);
});

test.each([
  ["forwarded", "for=203.0.113.5"],
  ["x-forwarded-for", "203.0.113.5"],
  ["x-forwarded-proto", "https"],
  ["x-forwarded-host", "tandem.example.com"],
  ["x-real-ip", "203.0.113.5"],
  ["via", "1.1 caddy"],
])("an open page does not answer what a proxy passed on with %s", async (name, value) => {
  for (const url of ["/", "/errors", "/style.css", "/healthz", "/nowhere"]) {
    const answer = await app.inject({ url, headers: { host: HOST, [name]: value } });
    expect(answer.statusCode).toBe(421);
    expect(answer.body).not.toContain("example.com");
  }
  const closedApp = await statusApp(statusDeps(fresh, it.connectionId, { access: closed([]) }));
  const answer = await closedApp.inject({ url: "/sign-in", headers: { host: HOST, [name]: value } });
  expect(answer.statusCode).toBe(200);
  await closedApp.close();
});

test.each(["__proto__", "constructor", "toString"])(
  "%s is a word like any other in an address",
  async (word) => {
    for (const url of [
      `/runs?trigger=${word}`,
      `/runs?kind=${word}`,
      `/errors?cause=${word}`,
      `/contacts?state=${word}`,
    ])
      expect([url, (await app.inject({ url })).statusCode < 500]).toEqual([url, true]);
  },
);

test("what cannot be read at all has the security headers too, and is not repeated", async () => {
  for (const url of ["/%E0%A4%A", "/contacts/%zz"]) {
    const { statusCode, headers, body } = await app.inject({ url });
    expect(statusCode).toBe(400);
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
    });
    expect(body).toBe("The request could not be read.\n");
  }
});

/** What the server answers to these bytes, until it closes the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(bytes);
  return text(socket);
}

test("no HTTP is answered with the security headers, and a body that never ends is ended", async () => {
  const url = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const port = Number(url.port);
  const broken = await raw(port, "GET / HTTP/9.9\r\nnonsense\r\n\r\n");
  expect(broken).toMatch(/^HTTP\/1\.1 400 /);
  expect(broken).toContain("content-security-policy: default-src 'none'");
  // Half a minute each; a test does not wait for so long.
  expect([app.server.headersTimeout, app.server.requestTimeout]).toEqual([30_000, 30_000]);
  Object.assign(app.server, { headersTimeout: 500, requestTimeout: 500 });
  const head = `POST /theme HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\norigin: http://127.0.0.1:${port}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100`;
  const slow = await raw(port, `${head}\r\n\r\n_csrf=`);
  expect(slow).toMatch(/^HTTP\/1\.1 408 /);
  expect(slow).toContain("x-content-type-options: nosniff");
});
