import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ALERT_TYPES } from "../../../src/model/watch/alerting.ts";
import { SIDES } from "../../../src/model/side.ts";
import { OPERATIONS } from "../../../src/connectors/klaviyo/wire/operations.ts";
import type { MetricFacts } from "../../../src/service/metrics/metric-facts.ts";
import { metrics } from "../../../src/service/metrics/metrics.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const source = (pattern: string) =>
  globSync(pattern, { cwd: ROOT })
    .filter((path) => !path.includes("/generated/"))
    .map((path) => readFileSync(`${ROOT}${path}`, "utf8"))
    .join("\n");

const unique = (all: Iterable<string>) => [...new Set(all)];
/** The names that the source gives to calls and to problems: what labels can be. */
const HUBSPOT_CALLS = unique(
  [...source("src/connectors/hubspot/**/*.ts").matchAll(/(?:call|mutation)\((?:permit, )?"([a-z ]+)"/g)].map(
    ([, name = ""]) => name,
  ),
);
const CODES = unique(
  [...source("src/**/*.ts").matchAll(/"((?:HS|KL|SK)-[A-Z-]+)"/g)].map(([, code = ""]) => code),
);
const STATES = ["in_sync", "waiting", "failing", "excluded", "ignored"];
const LANES = ["contacts", "consent", "engagement", "reconcile"];
const RESULTS = ["finished", "finished_with_errors", "held", "stopped"];
const OUTCOMES = ["sent", "done", "refused", "exists", "gone", "superseded", "not_sent"];
const WRITES = ["create", "update", "add_to_list", "remove_from_list", "opt_out", "subscribe"];
const NOW = new Date("2026-11-01T08:00:00Z");

/** A connection of which every metric has every label that it can have. */
const EVERYTHING: MetricFacts = {
  health: 4,
  contacts: Object.fromEntries(STATES.map((state) => [state, 7])),
  failing: CODES.map((code) => ({ code, contacts: 1 })),
  lastSuccess: Object.fromEntries(LANES.map((lane) => [lane, NOW])),
  lastPoll: { hubspot: NOW, klaviyo: NOW },
  oldestWaiting: NOW,
  held: true,
  configValid: true,
  configLoaded: NOW,
  tokenExpires: { hubspot: NOW, klaviyo: NOW },
  quotas: SIDES.flatMap((side) =>
    ["day", "share_of_day", "minute"].map((window) => ({ side, window, left: 0.5 })),
  ),
  breakersOpen: { hubspot: 1, klaviyo: 3 },
  alerts: ALERT_TYPES,
  ended: {
    until: NOW,
    runs: ["contacts", "consent", "engagement", "retention", "dry_run", "else"].flatMap((kind) =>
      RESULTS.map((result) => ({ kind, result, seconds: 3 })),
    ),
    writes: SIDES.flatMap((side) =>
      WRITES.flatMap((operation) => OUTCOMES.map((result) => ({ side, operation, result, count: 2 }))),
    ),
    conflicts: SIDES.map((winner) => ({ winner, count: 1 })),
    blocked: 1,
  },
};

function full(connections: number) {
  const made = metrics("1.0.0");
  for (let at = 0; at < connections; at += 1) made.add(`connection-${at}`, () => Promise.resolve(EVERYTHING));
  for (const side of SIDES)
    for (const endpoint of side === "hubspot" ? HUBSPOT_CALLS : Object.keys(OPERATIONS))
      for (const status of ["2xx", "4xx", "429", "5xx", "none"] as const)
        made.called(side, { endpoint, status, failed: false, ms: 40 });
  return made;
}

const seriesOf = (text: string) => text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
const namesOf = (text: string) => new Set(seriesOf(text).map((line) => /^\w+/.exec(line)?.[0] ?? ""));

describe("the series of a process", () => {
  test("are at most 2,000 for 20 connections with every value of every label", async () => {
    expect(HUBSPOT_CALLS.length).toBeGreaterThan(30);
    expect(CODES.length).toBeGreaterThan(60);
    const series = seriesOf(await full(20).text());
    expect(series.length).toBeLessThanOrEqual(2_000);
    // Endpoints and codes have their own names: none of them ended in `other`.
    expect(series.filter((line) => /(?:endpoint|cause)="other"/.test(line))).toEqual([]);
  });

  test("stay bounded whatever is made up: names without end become one", async () => {
    const made = metrics("1.0.0");
    for (let at = 0; at < 5_000; at += 1)
      made.called("klaviyo", { endpoint: `made-up-${at}`, status: "2xx", failed: false, ms: 1 });
    expect(seriesOf(await made.text()).length).toBeLessThan(600);
  });

  test("have no email address in a label", async () => {
    const made = metrics("1.0.0");
    const facts = { ...EVERYTHING, failing: [{ code: "jo@example.com", contacts: 1 }] };
    made.add("acme", () => Promise.resolve(facts));
    made.called("hubspot", { endpoint: "jo@example.com", status: "2xx", failed: false, ms: 1 });
    expect(await made.text()).not.toContain("@");
  });
});

test("a connection whose database is away says so, and the others are told of", async () => {
  const made = metrics("1.0.0");
  made.add("away", () => Promise.reject(new Error("the database does not answer")));
  made.add("here", () => Promise.resolve(EVERYTHING));
  const text = await made.text();
  expect(text).toContain('tandem_facts_up{connection="away"} 0');
  expect(text).toContain('tandem_facts_up{connection="here"} 1');
  expect(text).toContain('tandem_health{connection="here"} 4');
});

test("the database is read at most every ten seconds, however many scrape", async () => {
  let time = 0;
  let reads = 0;
  const made = metrics("1.0.0", () => time);
  made.add("acme", () => {
    reads += 1;
    return Promise.resolve(EVERYTHING);
  });
  await Promise.all([made.text(), made.text(), made.text()]);
  time = 9_999;
  await made.text();
  expect(reads).toBe(1);
  time = 10_000;
  await made.text();
  expect(reads).toBe(2);
});

describe("what deploy/ watches exists", () => {
  const known = full(1)
    .text()
    .then((text) => namesOf(text));
  const metricsIn = (expression: string) =>
    unique([...expression.matchAll(/\b(?:tandem|process|nodejs)_\w+/g)].map(([name]) => name));

  interface Rules {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
  }
  const rules = (parse(source("deploy/prometheus/tandem.rules.yml")) as Rules).groups.flatMap(
    (group) => group.rules,
  );
  test.each(rules.map(({ alert, expr }) => [alert, expr] as const))("%s", async (_alert, expr) => {
    const names = metricsIn(expr);
    expect(names.length).toBeGreaterThan(0);
    const have = await known;
    expect(names.filter((name) => !have.has(name))).toEqual([]);
  });

  interface Dashboard {
    readonly panels: readonly {
      readonly title: string;
      readonly targets: readonly { readonly expr: string }[];
    }[];
  }
  const dashboard = JSON.parse(source("deploy/grafana/tandem.json")) as Dashboard;
  test.each(dashboard.panels.map(({ title, targets }) => [title, targets] as const))(
    "the panel %s",
    async (_title, targets) => {
      const names = targets.flatMap(({ expr }) => metricsIn(expr));
      expect(names.length).toBeGreaterThan(0);
      const have = await known;
      expect(names.filter((name) => !have.has(name))).toEqual([]);
    },
  );

  test("and each rule has its line in OPERATIONS.md", () => {
    const text = source("OPERATIONS.md");
    expect(rules.filter(({ alert }) => !text.includes(`\`${alert}\``)).map(({ alert }) => alert)).toEqual([]);
  });
});
