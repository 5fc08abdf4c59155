import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Rehearsal, RehearsalOptions } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { keeper } from "../../../src/sandbox/rehearsal/keeper.ts";

let folder: string;
const running = new Set<Rehearsal>();

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "tandem-keep-"))));
afterEach(async () => {
  await Promise.all([...running].map((rehearsal) => rehearsal.close()));
  running.clear();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<RehearsalOptions> = {}): Promise<Rehearsal> {
  const rehearsal = await startRehearsal({
    seed: 1,
    contacts: 20,
    hubspotPort: 0,
    klaviyoPort: 0,
    keepIn: folder,
    ...options,
  });
  running.add(rehearsal);
  return rehearsal;
}

async function stop(rehearsal: Rehearsal): Promise<void> {
  running.delete(rehearsal);
  await rehearsal.close();
}

const people = ({ hubspot, klaviyo }: Rehearsal) => [hubspot.sandbox.dumpContacts(), klaviyo.sandbox.dump()];
const file = (): string => join(folder, "rehearsal.json");

describe("a rehearsal that is kept in a folder", () => {
  test("has the same people at the same addresses when it starts again, whatever the seed", async () => {
    const first = await start();
    first.hubspot.sandbox.editContact({ email: "bad.phone.1@example.com" }, { jobtitle: "Astronaut" });
    first.hubspot.world.clock.advance(3_600_000);
    const before = { people: people(first), url: first.hubspot.url, now: first.hubspot.world.clock.now() };
    await stop(first);
    const again = await start({ seed: 2, contacts: 500 });
    expect(again.continues?.stopped).toBe(true);
    expect(people(again)).toEqual(before.people);
    expect(again.hubspot.url).toBe(before.url);
    expect(again.story).toEqual(first.story);
    expect(again.hubspot.world.clock.now()).toBeGreaterThanOrEqual(before.now);
  });

  test("takes another port where its own is taken meanwhile, and says so where that one was asked for", async () => {
    const first = await start();
    const port = Number(new URL(first.klaviyo.url).port);
    await stop(first);
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    try {
      const again = await start();
      expect(again.klaviyo.url).not.toBe(first.klaviyo.url);
      expect(again.hubspot.url).toBe(first.hubspot.url);
      await stop(again);
      await expect(start({ klaviyoPort: port })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
    } finally {
      other.close();
    }
  });

  test("continues after a kill from what was written, and gives none of the ids that may be lost", async () => {
    const first = await start();
    const elsewhere = mkdtempSync(join(tmpdir(), "tandem-killed-"));
    try {
      cpSync(file(), join(elsewhere, "rehearsal.json"));
      const [lost = ""] = first.hubspot.sandbox.seedContacts([{ properties: { firstname: "Lost" } }]);
      const again = await start({ keepIn: elsewhere });
      expect(again.continues?.stopped).toBe(false);
      const [next = ""] = again.hubspot.sandbox.seedContacts([{ properties: { firstname: "Next" } }]);
      expect(Number(next)).toBeGreaterThan(Number(lost));
      await stop(again);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test("begins again when it is told to", async () => {
    const first = await start();
    first.hubspot.sandbox.createList("Made by hand");
    await stop(first);
    const again = await start({ fresh: true });
    expect(again.continues).toBe(null);
    expect(again.hubspot.sandbox.state.lists.byName("Made by hand")).toBe(undefined);
  });

  test("lets no second one into the folder while it runs", async () => {
    await start();
    await expect(start({ fresh: true })).rejects.toThrow(`running from ${folder} already`);
    expect(readFileSync(file(), "utf8")).toContain('"format":2');
  });

  test("does not mind what a killed process left behind", async () => {
    const gone = spawn(process.execPath, ["--eval", "0"]);
    await once(gone, "exit");
    writeFileSync(join(folder, "running.json"), JSON.stringify({ pid: gone.pid, started: "1" }));
    await expect(start()).resolves.toBeDefined();
  });

  test("does not take the process that has the number of a killed one for it", async () => {
    writeFileSync(join(folder, "running.json"), JSON.stringify({ pid: process.pid, started: "1" }));
    await expect(start()).resolves.toBeDefined();
  });

  test("refuses what it cannot read, and what is not whole, changed or of another format", async () => {
    const first = await start();
    await stop(first);
    const whole = readFileSync(file(), "utf8");
    const refused = async (text: string, why: string): Promise<void> => {
      writeFileSync(file(), text);
      await expect(start()).rejects.toThrow(why);
    };
    await refused(whole.slice(0, whole.length / 2), "it is not whole");
    await refused(whole.replace("Newsletter", "Newspaper"), "somebody changed it");
    await refused(whole.replace('"format":2', '"format":0'), "it is of format 0");
    writeFileSync(file(), whole);
    expect((await start()).continues).not.toBe(null);
  });
});

describe("a keeper", () => {
  test("writes one thing at a time and the last thing last, also after a write that failed", async () => {
    const written: boolean[] = [];
    let atOnce = 0;
    let fail = true;
    const keeping = keeper(
      async (final) => {
        atOnce += 1;
        expect(atOnce).toBe(1);
        await new Promise(setImmediate);
        atOnce -= 1;
        if (fail) throw new Error("no disk left");
        written.push(final);
      },
      () => 0,
      () => {},
    );
    await expect(keeping.save()).rejects.toThrow("no disk left");
    fail = false;
    await Promise.all([keeping.save(), keeping.save(), keeping.stop()]);
    expect(written).toEqual([false, false, true]);
  });
});
