import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { daemonLog } from "../../../src/service/log.ts";
import { usersTeller } from "../../../src/status/frame/access/watch-users.ts";
import type { Access } from "../../../src/status/frame/access/access.ts";
import { readAccess } from "../../../src/status/frame/access/access.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Visit } from "../app.ts";
import { closed, statusDeps, visit } from "../app.ts";
import { NOW, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
const PASSWORD = "a password for all";
/** The same key in every process, so that cookies outlive them. */
const KEY = "0Zx4mB7qTn2vLc9wRd5yKs8hJf3gPa6e";

let fresh: FreshDatabase;
let connectionId: number;
let folder: string;
let hash: string;
let otherHash: string;
const apps: FastifyInstance[] = [];

beforeAll(async () => {
  [hash, otherHash] = await Promise.all([hashPassword(PASSWORD), hashPassword("another password")]);
});
beforeEach(async () => {
  fresh = await freshDatabase();
  ({ connectionId } = await seed(fresh, "acme-main"));
  folder = mkdtempSync(join(tmpdir(), "tandem-users-"));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  rmSync(folder, { recursive: true });
  await fresh.drop();
});

const path = () => join(folder, "users");
const write = (...lines: readonly string[]) => writeFileSync(path(), `${lines.join("\n")}\n`);

async function serve(access: Access): Promise<FastifyInstance> {
  const app = await statusApp(statusDeps(fresh, connectionId, { access }));
  apps.push(app);
  return app;
}

const ofFile = () => readAccess({ TANDEM_USERS_FILE: path(), TANDEM_SECRET_KEY: KEY });

async function signedIn(app: FastifyInstance, name: string, password = PASSWORD): Promise<Visit> {
  const browser = visit(app);
  await browser.get("/sign-in");
  expect((await browser.post("/sign-in", { name, password })).status).toBe(303);
  return browser;
}

const roleOf = async (browser: Visit) => {
  const { status, body } = await browser.get("/errors");
  return status === 200 ? /\bann, (\w+)/.exec(body)?.[1] : status;
};

test("a role is read from the users file at every request", async () => {
  write(`ann admin ${hash}`);
  const ann = await signedIn(await serve(ofFile()), "ann");
  expect(await roleOf(ann)).toBe("admin");
  write(`ann viewer ${hash}`);
  expect(await roleOf(ann)).toBe("viewer");
  expect((await ann.post("/sync", {})).status).toBe(403);
});

test.each([
  ["removed", () => write(`bob admin ${hash}`)],
  ["given another password", () => write(`ann admin ${otherHash}`)],
  ["on a line that cannot be read", () => write(`ann boss ${hash}`)],
  ["named twice", () => write(`ann admin ${hash}`, `ann viewer ${otherHash}`)],
  ["the only one, and the file is emptied", () => write("")],
])("a user who is %s is out with the next request, and stays out", async (_what, change) => {
  write(`ann admin ${hash}`, `bob viewer ${hash}`);
  const app = await serve(ofFile());
  const ann = await signedIn(app, "ann");
  change();
  expect(await roleOf(ann)).toBe(401);
  expect((await visit(app).get("/errors")).status).toBe(401);
  write(`ann admin ${hash}`);
  expect(await roleOf(ann)).toBe(401);
});

test("while the users file is being replaced nobody is let in, and nobody is signed out", async () => {
  write(`ann admin ${hash}`);
  const ann = await signedIn(await serve(ofFile()), "ann");
  unlinkSync(path());
  expect(await roleOf(ann)).toBe(401);
  write(`ann admin ${hash}`);
  expect(await roleOf(ann)).toBe("admin");
});

test("another admin password ends the sessions of the one before, over a restart", async () => {
  const browser = await signedIn(
    await serve(closed([], { secretKey: KEY, adminPassword: PASSWORD })),
    "admin",
  );
  const elsewhere = async (more: Partial<Access>) => {
    const again = visit(await serve(closed([], { secretKey: KEY, ...more })));
    for (const [name, value] of browser.cookies) again.cookies.set(name, value);
    return (await again.get("/errors")).status;
  };
  expect(await elsewhere({ adminPassword: PASSWORD })).toBe(200);
  expect(await elsewhere({ adminPassword: "another password" })).toBe(401);
  expect(await elsewhere({ adminPassword: PASSWORD })).toBe(401);
});

test("Settings shows people their own sessions, and admins everybody's", async () => {
  write(`ann admin ${hash}`, `bob viewer ${hash}`);
  const app = await serve(ofFile());
  const [ann, bob] = [await signedIn(app, "ann"), await signedIn(app, "bob")];
  const rows = async (browser: Visit) =>
    [
      ...(await browser.get("/settings")).body.matchAll(
        /<bdi>(\w+)<\/bdi>( \(this browser\))?<\/th>\s*<td>Users file/g,
      ),
    ].map(([, who, own]) => `${who}${own ?? ""}`);
  expect(await rows(bob)).toEqual(["bob (this browser)"]);
  expect(new Set(await rows(ann))).toEqual(new Set(["ann (this browser)", "bob"]));
});

test("people end their own sessions, and only admins those of others", async () => {
  write(`ann admin ${hash}`, `bob viewer ${hash}`);
  const app = await serve(ofFile());
  const [ann, bob, phone] = [
    await signedIn(app, "ann"),
    await signedIn(app, "bob"),
    await signedIn(app, "bob"),
  ];
  const idOf = async (who: string) => {
    const found = await fresh.database.webSession.findFirst({
      where: { who, endedAt: null },
      orderBy: { id: "asc" },
    });
    return String(found?.id);
  };
  await bob.get("/settings");
  await bob.post(`/sessions/${await idOf("ann")}/end`, {});
  expect((await ann.get("/errors")).status).toBe(200);
  expect((await bob.post("/sessions/end-all", {})).status).toBe(403);
  expect((await bob.post("/sessions/nothing/end", {})).status).toBe(404);
  await ann.get("/settings");
  await ann.post(`/sessions/${await idOf("bob")}/end`, {});
  expect([(await bob.get("/errors")).status, (await phone.get("/errors")).status]).toEqual([401, 200]);
  const [latest] = await readAudit(storeOf(fresh.database, connectionId), 1);
  expect(latest).toMatchObject({ who: "ann", action: "end_session", about: { sessions: 1 }, at: NOW });
});

test("signing out everywhere ends one's own sessions, and an admin ends everybody's", async () => {
  write(`ann admin ${hash}`, `bob viewer ${hash}`);
  const app = await serve(ofFile());
  const [ann, bob, phone] = [
    await signedIn(app, "ann"),
    await signedIn(app, "bob"),
    await signedIn(app, "bob"),
  ];
  await bob.get("/settings");
  expect(await bob.post("/sessions/end", {})).toMatchObject({ status: 303, location: "/sign-in" });
  const statuses = async () =>
    Promise.all([ann, bob, phone].map(async (browser) => (await browser.get("/errors")).status));
  expect(await statuses()).toEqual([200, 401, 401]);
  const tablet = await signedIn(app, "bob");
  await ann.get("/settings");
  await ann.post("/sessions/end-all", {});
  expect(await statuses()).toEqual([401, 401, 401]);
  expect((await tablet.get("/errors")).status).toBe(401);
});

test("a users file that breaks is told on the overview and in the log, whom it still names stays, and it heals", async () => {
  write(`ann admin ${hash}`, `bob viewer ${otherHash}`);
  const access = ofFile();
  const ann = await signedIn(await serve(access), "ann");
  const lines: string[] = [];
  const log = daemonLog("info", { write: (line: string) => void lines.push(line) });
  const store = storeOf(fresh.database, connectionId);
  const tell = usersTeller({ store, wrong: access.usersWrong, now: () => NOW, log });
  await tell();
  expect(lines).toEqual([]);
  for (const [wrong, words] of [
    [`bob boss ${otherHash}`, `${path()}:2 is no user.`],
    [`ann viewer ${otherHash}`, `${path()} names ann twice.`],
  ] as const) {
    write(`ann admin ${hash}`, wrong);
    await tell();
    await tell();
    expect(lines.splice(0).map((line) => JSON.parse(line))).toMatchObject([
      { problem: "SK-USERS", msg: expect.stringContaining(words) },
    ]);
  }
  write(`ann admin ${hash}`, `bob boss ${otherHash}`);
  await tell();
  lines.splice(0);
  const { body } = await ann.get("/");
  expect(body).toContain("The users file has an error");
  expect(body).toContain(`${path()}:2 is no user.`);
  expect(body).not.toContain(otherHash);
  unlinkSync(path());
  await tell();
  expect(lines.splice(0).join("")).toContain("cannot be read");
  write("# nobody");
  await tell();
  expect(lines.splice(0).join("")).toContain("has no user");
  write(`ann admin ${hash}`);
  await tell();
  expect(lines.splice(0).join("")).toContain("the users file can be used again");
  expect((await ann.get("/")).body).not.toContain("The users file has an error");
});
