import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { ownAddress } from "../../../src/status/frame/layout/request-shell.ts";
import { PERMISSIONS } from "../../../src/status/frame/access/permissions.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { PAYLOADS } from "../../browser/payloads.ts";
import { mappingText } from "../../mapping/mapping-text.ts";
import type { Visit } from "../app.ts";
import { HOST, PASSWORD, closed, statusDeps, visit } from "../app.ts";
import {
  CONFUSED,
  ELSEWHERE,
  FILTERED,
  FOREIGN_FORMS,
  HOSTS,
  PATHS,
  PROTOTYPES,
  SQL,
  forgedCookies,
} from "./bad-inputs.ts";
import { FOREIGN_SERVERS, badMappings } from "../bad-mappings.ts";
import type { Seed } from "../seed.ts";
import { seed } from "../seed.ts";

/** Every kind of bad input that needs no browser, against the real page: how many were sent, and that none came through. */
let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
let admin: Visit;
const sent = new Map<string, number>();

beforeAll(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "acme-main");
  await it.problem(await it.link("jo@example.com", "failing", { hubspotId: "51" }), {});
  await it.run("finished", 3);
  const users = [{ name: "ann", role: "admin", hash: await hashPassword(PASSWORD) }] as const;
  app = await statusApp(statusDeps(fresh, it.connectionId, { access: closed(users) }));
  admin = await signedIn();
});
afterAll(async () => {
  await app.close();
  await fresh.drop();
});

async function signedIn(): Promise<Visit> {
  const browser = visit(app);
  await browser.get("/sign-in");
  expect((await browser.post("/sign-in", { name: "ann", password: PASSWORD })).status).toBe(303);
  await browser.get("/");
  return browser;
}

function count(kind: string, inputs: number): void {
  sent.set(kind, (sent.get(kind) ?? 0) + inputs);
}

/** What an answer must never hold, whatever was asked. */
const LEAK = /root:|PostgreSQL|syntax error|\bat .*\.ts:\d|Prisma|\[core\]|"dependencies"/;

async function isHarmless(url: string): Promise<void> {
  const { status, body } = await admin.get(url);
  expect([url.slice(0, 200), status < 500, LEAK.test(body)]).toEqual([url.slice(0, 200), true, false]);
}

const rows = async () => {
  const { link, journalRow, run, consentKey } = fresh.database;
  return Promise.all([link.count(), journalRow.count(), run.count(), consentKey.count()]);
};

test("SQL in a filter changes no row and is no error of ours", async () => {
  const before = await rows();
  for (const [page, parameters] of FILTERED)
    for (const name of parameters) {
      await Promise.all(
        SQL.map((text) => isHarmless(`${page}?${name}=${encodeURIComponent(text.toWellFormed())}`)),
      );
      count("SQL in filters", SQL.length);
    }
  expect(await rows()).toEqual(before);
});

test("lists, objects, numbers and names of prototypes in a filter are answered, and change no object", async () => {
  for (const query of [...CONFUSED, ...PROTOTYPES])
    for (const page of ["/errors", "/runs", "/contacts"]) {
      await isHarmless(`${page}?${query}`);
      count("type confusion and prototypes", 1);
    }
  for (const payload of PROTOTYPES) {
    const headers = { host: HOST, "content-type": "application/x-www-form-urlencoded" };
    const answer = await app.inject({ method: "POST", url: "/theme", headers, payload });
    expect(answer.statusCode).toBeLessThan(500);
    count("type confusion and prototypes", 1);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("markup from outside stays text, wherever it is shown or repeated", async () => {
  const links = await fresh.database.link.createManyAndReturn({
    data: PAYLOADS.map((payload, nth) => ({
      connectionId: it.connectionId,
      emailKey: `p${nth}${payload.toWellFormed()}@example.com`,
      state: "failing",
      reason: payload.toWellFormed(),
      hubspotId: `9${nth}`,
    })),
  });
  for (const [nth, payload] of PAYLOADS.entries()) {
    const text = payload.toWellFormed();
    await it.problem(links[nth]?.id ?? null, {
      title: text,
      explanation: text,
      fix: [text],
      reference: text,
    });
  }
  const quiet = (body: string): void => {
    expect(body.match(/(?:href|src|action|formaction)="\s*(?:javascript|data|vbscript):/i)).toBeNull();
    // What is left without quoted values are tags, names of attributes, and text.
    const bare = body.replaceAll(/"[^"]*"/g, '""');
    expect(bare.match(/<[a-z][^>]*\son\w+\s*=/i)).toBeNull();
    expect(bare.match(/<(?!\/)(?:img|iframe|object|embed|video|math|marquee|base|style|x\b)/i)).toBeNull();
    expect(bare.match(/<script(?! src="" nonce="" defer)/i)).toBeNull();
  };
  for (let page = 1; page <= Math.ceil(PAYLOADS.length / 100); page += 1) {
    quiet((await admin.get(`/errors?size=100&page=${page}`)).body);
    quiet((await admin.get(`/contacts?page=${page}`)).body);
  }
  count("markup that is stored: name, title, explanation, fix, reference", PAYLOADS.length * 5);
  await fresh.database.link.deleteMany({ where: { id: { in: links.map(({ id }) => id) } } });
  for (const [nth, payload] of PAYLOADS.entries()) {
    const page = ["/errors?q=", "/contacts?q=", "/conflicts?q="][nth % 3] ?? "";
    quiet((await admin.get(page + encodeURIComponent(payload.toWellFormed()))).body);
    count("markup in a search", 1);
  }
});

test("a form that no page of ours sent does nothing, on any route", async () => {
  const forms = Object.entries(PERMISSIONS).flatMap(([line, needed]) => {
    const [method, url = ""] = line.split(" ");
    return method === "POST" && needed !== "anybody" ? [url.replace(":id", "1")] : [];
  });
  const before = [await fresh.database.auditEntry.count(), ...(await rows())];
  const own = await signedIn();
  const begun = await fresh.database.auditEntry.count();
  for (const url of forms)
    for (const [what, csrf, headers] of FOREIGN_FORMS) {
      const answer = await own.post(url, {}, { headers, ...(csrf === undefined ? {} : { csrf }) });
      expect([url, what, answer.status]).toEqual([url, what, 403]);
      count("forms of other sites", 1);
    }
  expect(await fresh.database.auditEntry.count()).toBe(begun);
  expect(await rows()).toEqual(before.slice(1));
});

test("no forged, cut or swapped cookie is a session", async () => {
  const real = (await signedIn()).cookies.get("tandem") ?? "";
  expect(real.length).toBeGreaterThan(50);
  for (const cookie of forgedCookies(real)) {
    const headers = { host: HOST, cookie: `tandem=${encodeURIComponent(cookie)}` };
    const answer = await app.inject({ url: "/errors", headers });
    expect([cookie, answer.statusCode]).toEqual([cookie, 401]);
    count("forged sessions", 1);
  }
});

test("a foreign name of this machine, and a path out of the pages, lead nowhere", async () => {
  const open = await statusApp(statusDeps(fresh, it.connectionId));
  for (const host of HOSTS)
    for (const url of ["/", "/errors", "/contacts/1", "/healthz"]) {
      const answer = await open.inject({ url, headers: { host } });
      expect([host, answer.statusCode]).toEqual([host, 421]);
      expect(answer.body).not.toContain("jo@example.com");
      count("foreign hosts", 1);
    }
  await open.close();
  for (const path of PATHS) {
    await isHarmless(path);
    count("paths", 1);
  }
});

test("after signing in nobody is sent to another site", async () => {
  for (const next of ELSEWHERE) {
    for (const address of [next, next.replaceAll("evil", "EVIL"), `${next}/errors?q=1#a`]) {
      const own = ownAddress(address);
      const led = new URL(own, `http://${HOST}`);
      expect([address, led.host, led.protocol]).toEqual([address, HOST, "http:"]);
      expect(own).toMatch(/^\/(?![/\\])[^\r\n]*$/);
      count("places to be sent to", 1);
    }
    const { body } = await visit(app).get(`/sign-in?next=${encodeURIComponent(next)}`);
    expect(body).not.toMatch(/(?:href|action)="[^"]*evil/i);
    count("places to be sent to", 1);
  }
});

test("a mapping with what is not allowed is refused at its place, quickly, and a key goes to no foreign server", () => {
  for (const text of badMappings()) {
    const begun = performance.now();
    const { mapping, diagnostics } = parseMapping(text, "test.yaml");
    expect([text.slice(0, 100), mapping, diagnostics.length > 0]).toEqual([text.slice(0, 100), null, true]);
    expect(performance.now() - begun).toBeLessThan(1_000);
    count("mappings", 1);
  }
  for (const server of FOREIGN_SERVERS)
    for (const part of [
      { hubspot: `base_url: ${JSON.stringify(server)}` },
      { klaviyo: `token: { env: KEY }\n    base_url: ${JSON.stringify(server)}` },
    ]) {
      expect([server, parseMapping(mappingText(part), "test.yaml").mapping]).toEqual([server, null]);
      count("foreign servers", 1);
    }
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test("so many bad inputs were sent, and none came through", () => {
  const all = [...sent.values()].reduce((sum, one) => sum + one, 0);
  const lines = [...sent].map(([kind, inputs]) => `${String(inputs).padStart(6)}  ${kind}`);
  console.info([...lines, `${String(all).padStart(6)}  bad inputs, 0 bypasses`].join("\n"));
  expect(all).toBeGreaterThanOrEqual(3_500);
});
