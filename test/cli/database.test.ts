import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectOneScreen } from "./command-line.ts";
import type { Company } from "./company.ts";
import { company } from "./company.ts";

let it: Company;
beforeAll(async () => void (it = await company(3)));
afterAll(() => it.close());

function databaseUrl(change: (url: URL) => void): string {
  const url = new URL(it.env["DATABASE_URL"] ?? "");
  change(url);
  return url.href;
}

describe("a database that cannot be used ends every command with 69, before either vendor is asked", () => {
  test.each([
    ["nobody listens", () => databaseUrl((url) => void (url.port = "9")), "ECONNREFUSED"],
    [
      "a wrong password",
      () => databaseUrl((url) => void (url.password = "hunter2")),
      "password authentication failed",
    ],
    [
      "no such database",
      () => databaseUrl((url) => void (url.pathname = "/nowhere")),
      '"nowhere" does not exist',
    ],
    ["no such host", () => "postgresql://tandem:hunter2@nowhere.invalid/x", "nowhere.invalid"],
    ["no address at all", () => "not an address", "DATABASE_URL is no address of a PostgreSQL"],
    [
      "another kind of database",
      () => "mysql://tandem:hunter2@127.0.0.1/x",
      "DATABASE_URL is no address of a PostgreSQL",
    ],
  ])("%s", async (_name, url, words) => {
    for (const command of [["sync"], ["status", "--json"]]) {
      const { status, out, talk } = await it.run(command, { DATABASE_URL: url() });
      expect(status).toBe(69);
      expect(out + talk).toContain(command.includes("--json") ? JSON.stringify(words).slice(1, -1) : words);
      expect(out + talk).toContain("DATABASE_URL");
      expect(out + talk).not.toContain("hunter2");
      expectOneScreen(talk);
    }
    expect(it.rehearsal.hubspot.world.truth.calls).toEqual([]);
  });

  test("a database that a newer Tandem made is left alone", async () => {
    await it.fresh.database.$executeRaw`
      INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('later', '', '29990101000000_later', now(), 1)`;
    const { status, talk } = await it.run(["sync"]);
    await it.fresh.database.$executeRaw`DELETE FROM _prisma_migrations WHERE id = 'later'`;
    expect(status).toBe(69);
    expect(talk).toMatch(/made by a newer Tandem \(29990101000000_later\)/);
    expectOneScreen(talk);
    expect(it.writes()).toBe(0);
  });

  test("a migration that failed half way is named", async () => {
    await it.fresh.database.$executeRaw`
      INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('half', '', '20200101000000_half')`;
    const { status, talk } = await it.run(["sync"]);
    await it.fresh.database.$executeRaw`DELETE FROM _prisma_migrations WHERE id = 'half'`;
    expect(status).toBe(69);
    expect(talk).toContain("20200101000000_half failed earlier");
  });
});

test("a database without a schema gets one", async () => {
  await it.fresh.database.$executeRaw`DROP SCHEMA public CASCADE`;
  await it.fresh.database.$executeRaw`CREATE SCHEMA public`;
  expect(await it.run(["status"])).toMatchObject({ status: 0 });
});

test("a database that goes away in the middle ends the run with 69, and the next one makes nothing twice", async () => {
  const way = await wayToDatabase(databaseUrl(() => {}));
  // Its first write reaches Klaviyo just after the way to the database was cut.
  const { world } = it.rehearsal.klaviyo;
  world.faults.add({
    method: "POST",
    match: "/api/profile",
    times: 1,
    fault: { kind: "slow", milliseconds: 1_500 },
  });
  const running = it.run(["sync"], { DATABASE_URL: way.url });
  await expect.poll(() => it.writes(), { interval: 20 }).toBeGreaterThan(0);
  way.cut();
  const { status, out, talk } = await running;
  await way.close();
  expect(talk + out).toMatch(/The database (does not answer any more|cannot be used)/);
  expect(status).toBe(69);
  expectOneScreen(talk);
  await it.fresh.database.$executeRaw`UPDATE journal SET sent_at = sent_at - interval '1 minute'`;
  await it.fresh.database.$executeRaw`UPDATE lease SET expires_at = 'epoch'`;
  expect(await it.run(["sync"])).toMatchObject({ status: 1 });
  const emails = it.rehearsal.klaviyo.sandbox.dump(null, 1_000).profiles.map(({ email }) => email);
  expect(new Set(emails).size).toBe(emails.length);
  const contacts = it.rehearsal.hubspot.sandbox.dumpContacts(null, 1_000).contacts;
  const { twoContacts } = it.rehearsal.story.broken;
  const known = contacts.map(({ properties }) => String(properties["email"]));
  for (const email of known) expect(emails).toContain(email);
  expect(known.filter((email) => !twoContacts.includes(email)).length + 2 * twoContacts.length).toBe(
    known.length,
  );
});

/** A way to the database that can be cut while it is used. */
async function wayToDatabase(to: string) {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((near) => {
    if (!open) return void near.resetAndDestroy();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = new URL(to);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut() {
      open = false;
      for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
