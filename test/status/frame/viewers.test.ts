import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodedWord, hiddenTexts } from "../../../src/words/decoded-text.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { PERMISSIONS } from "../../../src/status/frame/access/permissions.ts";
import { ROLES } from "../../../src/status/frame/access/role.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import type { RichWorld } from "../../browser/rich-world.ts";
import { richWorld } from "../../browser/rich-world.ts";
import type { Visit } from "../app.ts";
import { closed, visit } from "../app.ts";
import { PHONE, SECRET, SEEN, plainName, somebody, word } from "../awkward-people.ts";

let world: RichWorld;
let app: FastifyInstance;
let person: bigint;
let named: string;
const addresses: string[] = [];

beforeAll(async () => {
  world = await richWorld(word);
  for (let index = 0; index < 12; index += 1) {
    const { id, email } = await somebody(world, index);
    person = id;
    addresses.push(email);
  }
  named = await plainName(world);
  const hash = await hashPassword("a password for all");
  const users = ROLES.map((role) => ({ name: role, role, hash }));
  app = await statusApp({ ...world.deps, access: closed(users) });
});
afterAll(async () => {
  await app.close();
  await world.fresh.drop();
});

async function signedIn(role: "viewer" | "operator"): Promise<Visit> {
  const browser = visit(app);
  await browser.get("/sign-in");
  await browser.post("/sign-in", { name: role, password: "a password for all" });
  return browser;
}

/** Everything that viewers can ask for, each address with what may stand behind it. */
function everyAddress(): readonly string[] {
  const gets = Object.entries(PERMISSIONS).flatMap(([line, needed]) =>
    line.startsWith("GET ") && needed === "viewer" ? [line.slice("GET ".length)] : [],
  );
  const more = [
    "/contacts/:id?show=all",
    "/contacts/:id?show=differences",
    "/mapping?show=rules",
    "/mapping?show=file",
    "/mapping?show=changes",
    "/mapping?show=held",
    "/mapping?show=dry-run",
    "/contacts?page=2",
    "/contacts?q=karlsson",
    "/contacts?q=8001",
    "/errors?q=vis",
    "/errors?sort=email",
    "/consent?kind=opted_out",
    "/contacts?page=x",
    "/runs/999999",
    "/nothing-here",
  ];
  return [...gets, ...more].map((path) =>
    path.startsWith("/runs") ? path.replace(":id", String(world.runId)) : path.replace(":id", String(person)),
  );
}

/** A body as somebody reads it who undoes every encoding. */
function readings(body: string): readonly string[] {
  const words = [...new Set(body.split(/[\s<>"]+/))];
  const decoded = words.map(decodedWord);
  const hidden = decoded.flatMap((one) => hiddenTexts(one).map(({ text }) => decodedWord(text)));
  return [body, decodedWord(body), ...decoded, ...hidden];
}

const secretsIn = (body: string) => readings(body).flatMap((text) => text.match(SECRET) ?? []);
const shownIn = (body: string) => new Set(readings(body).flatMap((text) => text.match(SEEN) ?? []));

describe("a viewer (P22)", () => {
  test("gets nobody's address or phone number, in any encoding, on any page, as JSON or in a file", async () => {
    const viewer = await signedIn("viewer");
    for (const url of everyAddress()) {
      for (const accept of ["text/html", "application/json"]) {
        const { status, body, headers } = await viewer.get(url, accept);
        expect([url, status, status < 500]).toEqual([url, status, true]);
        expect([url, accept, secretsIn(body), secretsIn(JSON.stringify(headers))]).toEqual([
          url,
          accept,
          [],
          [],
        ]);
        expect([url, accept, PHONE.exec(body)?.[0]]).toEqual([url, accept, undefined]);
      }
    }
  });

  test("gets as JSON what the page shows, and no more", async () => {
    const viewer = await signedIn("viewer");
    let seen = 0;
    for (const url of everyAddress().filter((one) => !one.endsWith(".csv"))) {
      // The parts of a page are their own pages, and its document has them all.
      const [path] = url.split("?");
      const parts = everyAddress().filter((one) => one === path || one.startsWith(`${path}?show=`));
      const pages = await Promise.all([url, ...parts].map(async (one) => (await viewer.get(one)).body));
      const page = shownIn(pages.join("\n"));
      const document = shownIn((await viewer.get(url, "application/json")).body);
      seen += document.size;
      expect([url, [...document].filter((one) => !page.has(one))]).toEqual([url, []]);
    }
    expect(seen).toBeGreaterThan(50);
  });

  test("tells two masked people apart, on every page alike", async () => {
    const viewer = await signedIn("viewer");
    const found = (await viewer.get("/contacts", "application/json")).json() as {
      contacts: { id: string; email: string }[];
    };
    const emails = found.contacts.map(({ email }) => email);
    expect(new Set(emails).size).toBe(emails.length);
    const one = found.contacts.find(({ id }) => id === String(person));
    expect(one?.email).toMatch(/^p…@example\.com #\w{6}$/);
    for (const url of [
      "/contacts",
      `/contacts/${person}`,
      `/runs/${world.runId}`,
      "/conflicts",
      "/errors.csv",
    ]) {
      const { body } = await viewer.get(url);
      const own = url === "/errors.csv" ? await failing(viewer) : (one?.email ?? "");
      expect([url, body.includes(own)]).toEqual([url, true]);
    }
  });

  test("finds nobody by an address, and not by a name that is one", async () => {
    const viewer = await signedIn("viewer");
    const operator = await signedIn("operator");
    const known = addresses.at(-1) ?? "";
    const nothing = await answers(viewer, "no such person at all");
    for (const length of [1, 2, 3, 5, 8, 13, known.length])
      for (const whole of [known, named])
        expect([whole, length, await answers(viewer, whole.slice(0, length))]).toEqual([
          whole,
          length,
          nothing,
        ]);
    for (const part of known.match(/[a-z0-9]{2,}/g) ?? [])
      expect([part, await answers(viewer, part)]).toEqual([part, nothing]);
    expect(await answers(operator, known.slice(0, 5))).not.toEqual(nothing);
    expect((await operator.get(`/contacts?q=${encodeURIComponent(known)}`)).location).toBe(
      `/contacts/${person}`,
    );
    expect((await viewer.get(`/consent?email=${encodeURIComponent(known)}`)).status).toBe(403);
    // By what they may know.
    expect((await viewer.get("/contacts?q=ines%20karl", "application/json")).json()).toMatchObject({
      total: 1,
    });
    expect((await viewer.get("/contacts?q=8011", "application/json")).json()).toMatchObject({ total: 1 });
  });

  test("learns nothing of addresses from their order", async () => {
    const viewer = await signedIn("viewer");
    const ids = async (url: string) =>
      ((await viewer.get(url, "application/json")).json() as { contacts: { id: string }[] }).contacts.map(
        ({ id }) => id,
      );
    const listed = await ids("/contacts");
    expect(listed).toEqual(listed.toSorted((one, other) => Number(one) - Number(other)));
    expect(await ids("/errors?sort=email")).toEqual(await ids("/errors?sort=newest"));
    expect((await viewer.get("/errors")).body).not.toContain("sort=email");
  });
});

async function failing(viewer: Visit): Promise<string> {
  const found = (await viewer.get("/errors", "application/json")).json() as { contacts: { email: string }[] };
  return found.contacts[0]?.email ?? "";
}

/** What somebody is told who searches for a text: how many are found, where they are led, and whom they may have meant. */
async function answers(browser: Visit, text: string): Promise<readonly unknown[]> {
  const q = encodeURIComponent(text);
  const told: unknown[] = [];
  for (const url of [
    `/contacts?q=${q}`,
    `/contacts?email=${q}`,
    `/errors?q=${q}`,
    `/runs/${world.runId}?q=${q}`,
  ]) {
    const answer = await browser.get(url, "application/json");
    const { total, near = null } =
      answer.status === 200 ? (answer.json() as { total: number; near?: unknown }) : { total: -1 };
    told.push([answer.status, answer.location, total, near]);
  }
  told.push((await browser.get(`/errors.csv?q=${q}`)).body.split("\r\n").length);
  return told;
}
