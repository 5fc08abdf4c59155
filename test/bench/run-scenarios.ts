import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { Side } from "../../src/model/side.ts";
import type { BenchDatabase } from "./bench-database.ts";
import { differences } from "./differences.ts";
import type { CycleReport } from "./engine.ts";
import { startEngine } from "./engine.ts";
import type { BenchOptions } from "./options.ts";
import type { People } from "./people.ts";
import { makePeople } from "./people.ts";
import type { RehearsalServers } from "./rehearsal-servers.ts";
import { startRehearsalServers } from "./rehearsal-servers.ts";
import type { Scenario } from "./scenario.ts";
import { CYCLE_EVERY_MS, scenariosFrom } from "./scenario.ts";
import type { Measured } from "./verdict.ts";

/** Everything that is measured with one side filled from the other, one scenario after the other. */
export async function runScenarios(
  filledFrom: Side,
  options: BenchOptions,
  database: BenchDatabase,
  tell: (text: string) => void,
): Promise<readonly Measured[]> {
  const servers = await startRehearsalServers(options.limits);
  const folder = await mkdtemp(join(tmpdir(), "tandem-bench-"));
  try {
    return await database.withEmpty(async (url) => {
      const env = await environment(servers, options.limits, folder, url);
      const people = makePeople(options.contacts);
      const measured: Measured[] = [];
      for (const scenario of scenariosFrom(filledFrom, options.contacts)) {
        tell(`${scenario.name}…\n`);
        measured.push(await measure(scenario, filledFrom, people, servers, env, options.profile));
        await servers.pass(CYCLE_EVERY_MS);
      }
      return measured;
    });
  } finally {
    await servers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function environment(
  servers: RehearsalServers,
  limits: BenchOptions["limits"],
  folder: string,
  databaseUrl: string,
): Promise<NodeJS.ProcessEnv> {
  const config = join(folder, "mapping.yaml");
  const mapping = demoMapping(servers.hubspot.url, servers.klaviyo.url);
  // Without limits there is nobody to leave a part of the quota to.
  const shares = limits === "off" ? 'limits: { api_share: { hubspot: "100%", klaviyo: "100%" } }\n' : "";
  await writeFile(config, `${mapping}\n${shares}`);
  return {
    ...process.env,
    TANDEM_CONFIG: config,
    DATABASE_URL: databaseUrl,
    TANDEM_DEMO_HUBSPOT: servers.hubspot.token,
    TANDEM_DEMO_KLAVIYO: servers.klaviyo.key,
  };
}

async function measure(
  scenario: Scenario,
  filledFrom: Side,
  people: People,
  servers: RehearsalServers,
  env: NodeJS.ProcessEnv,
  profile: string | null,
): Promise<Measured> {
  await scenario.before(servers, people);
  await servers.tally();
  const engine = startEngine(env, profile);
  const reports: CycleReport[] = [];
  try {
    for (let number = 0; number < scenario.cycles; number += 1) {
      if (number > 0) await servers.pass(CYCLE_EVERY_MS);
      reports.push(await engine.cycle());
    }
  } finally {
    await engine.close();
  }
  const exitCodes = reports.map(({ exitCode }) => exitCode);
  const wrong = differences(people, filledFrom, await servers.shown());
  return {
    scenario: scenario.name,
    contacts: scenario.contacts,
    minimum: scenario.minimum,
    highestRatio: scenario.highestRatio,
    expectedWrites: scenario.expectedWrites,
    ...(await servers.tally()),
    wallMs: sumOf(reports, ({ wallMs }) => wallMs),
    cpuMs: sumOf(reports, ({ cpuMs }) => cpuMs),
    peakBytes: Math.max(...reports.map(({ peakBytes }) => peakBytes)),
    differences: exitCodes.every((code) => code === 0) ? wrong : [...wrong, engine.said().slice(-2_000)],
    exitCodes,
  };
}

function sumOf(reports: readonly CycleReport[], figure: (report: CycleReport) => number): number {
  return reports.reduce((total, report) => total + figure(report), 0);
}
