import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { BenchDatabase } from "./bench-database.ts";
import { startEngine } from "./engine.ts";
import type { BenchOptions } from "./options.ts";
import { minimumToShow } from "./minimum.ts";
import { makePeople } from "./people.ts";
import type { RehearsalServers } from "./rehearsal-servers.ts";
import { startRehearsalServers } from "./rehearsal-servers.ts";
import type { Measured } from "./verdict.ts";

/** Of everybody who is measured, so many events; their people are a fiftieth of them. */
const EVENTS_A_PERSON = 50;
const MESSAGES = 10;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SECTION = `
engagement:
  record_as: custom_event
  backfill: 30d
  metrics: { opened: { record: every }, clicked: { record: every } }
`;

const SCOPES = [
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.schemas.contacts.read",
  "crm.lists.read",
  "analytics.behavioral_events.send",
  "behavioral_events.event_definitions.read_write",
];

/** Ten times as many events as contacts are measured, back-filled from Klaviyo to HubSpot's timeline, then once more. */
export async function runEngagementScenario(
  options: BenchOptions,
  database: BenchDatabase,
  tell: (text: string) => void,
): Promise<readonly Measured[]> {
  const events = options.contacts * 10;
  const people = Math.max(1, Math.floor(events / EVENTS_A_PERSON));
  const servers = await startRehearsalServers(options.limits);
  const folder = await mkdtemp(join(tmpdir(), "tandem-bench-"));
  try {
    tell(`${events} events of ${people} people…\n`);
    await prepare(servers, people, events);
    return await database.withEmpty(async (url) => {
      const config = join(folder, "mapping.yaml");
      const mapping = demoMapping(servers.hubspot.url, servers.klaviyo.url);
      const shares =
        options.limits === "off" ? 'limits: { api_share: { hubspot: "100%", klaviyo: "100%" } }\n' : "";
      await writeFile(config, `${mapping}${SECTION}${shares}`);
      const env = {
        ...process.env,
        TANDEM_CONFIG: config,
        DATABASE_URL: url,
        TANDEM_DEMO_HUBSPOT: servers.hubspot.token,
        TANDEM_DEMO_KLAVIYO: servers.klaviyo.key,
      };
      await setUp(env, options.profile);
      const first = await measure("Klaviyo's events → HubSpot's timeline", servers, env, options.profile);
      await servers.pass(5 * 60_000);
      const again = await measure("Klaviyo's events, idle", servers, env, options.profile);
      return [
        {
          ...first,
          contacts: events,
          minimum: minimumToShow(events, people),
          highestRatio: { times: 12, per: 10 },
          expectedWrites: { "custom-event.create": events },
        },
        { ...again, contacts: events, minimum: minimumToShow(0, 0), highestRatio: null, expectedWrites: {} },
      ];
    });
  } finally {
    await servers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(servers: RehearsalServers, people: number, events: number): Promise<void> {
  const everybody = [...makePeople(people).values()];
  await servers.fill("hubspot", everybody);
  await servers.fill("klaviyo", everybody);
  await servers.ask("hubspot", "POST", "settings", { customEvents: true, customEventLagMs: 0 });
  await servers.ask("hubspot", "POST", "token", { token: servers.hubspot.token, scopes: SCOPES });
  for (let number = 0; number < MESSAGES; number += 1)
    await servers.ask("klaviyo", "POST", "campaigns", {
      name: `Letter ${number}`,
      subject: `Letter ${number}`,
    });
  // The engine lives in our time, which is behind that of the two servers.
  const [from, to] = [Date.now() - 29 * DAY_MS, Date.now() - HOUR_MS].map((at) => new Date(at).toISOString());
  await servers.ask("klaviyo", "POST", "engagement/many", { count: events, from, to });
}

async function setUp(env: NodeJS.ProcessEnv, profile: string | null): Promise<void> {
  const engine = startEngine(env, profile);
  try {
    const { exitCode } = await engine.cycle(["hubspot", "setup-timeline"]);
    if (exitCode !== 0) throw new Error(`The timeline could not be set up:\n${engine.said()}`);
  } finally {
    await engine.close();
  }
}

async function measure(
  scenario: string,
  servers: RehearsalServers,
  env: NodeJS.ProcessEnv,
  profile: string | null,
): Promise<Omit<Measured, "contacts" | "minimum" | "highestRatio" | "expectedWrites">> {
  await servers.tally();
  const engine = startEngine(env, profile);
  try {
    const { exitCode, wallMs, cpuMs, peakBytes } = await engine.cycle(["sync", "--only", "engagement"]);
    const differences = exitCode === 0 ? [] : [engine.said().slice(-2_000)];
    return {
      scenario,
      ...(await servers.tally()),
      wallMs,
      cpuMs,
      peakBytes,
      differences,
      exitCodes: [exitCode],
    };
  } finally {
    await engine.close();
  }
}
