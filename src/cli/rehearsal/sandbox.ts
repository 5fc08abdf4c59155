import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { parseFaults } from "../../sandbox/rehearsal/parse-faults.ts";
import type { Rehearsal } from "../../sandbox/rehearsal/rehearsal.ts";
import type { App, CommonOptions } from "../app.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { portOption } from "../listening.ts";
import { json } from "../json.ts";
import { rehearse } from "./rehearse.ts";
import { untilStopped } from "../until-stopped.ts";

interface SandboxOptions extends CommonOptions {
  readonly hubspotPort: number;
  readonly klaviyoPort: number;
  readonly contacts: number;
  readonly seed: number;
  readonly faults?: string;
  readonly keep?: string;
  readonly fresh?: boolean;
}

export function sandboxCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("sandbox")
    .description("Start only the two rehearsal servers, to try a mapping without real accounts.")
    .option("--hubspot-port <port>", "0 takes a free one", portOption, 4010)
    .option("--klaviyo-port <port>", "0 takes a free one", portOption, 4011)
    .option("--contacts <n>", "how many people to start with", whole, 2_000)
    .option("--seed <n>", "the same seed gives the same people", whole, 1)
    .option("--faults <file>", "JSON: {hubspot: [...], klaviyo: [...]}")
    .option("--keep <folder>", "keeps everything there, and continues from it the next time")
    .option("--fresh", "with --keep: starts over")
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<SandboxOptions>();
      const faults = options.faults === undefined ? {} : readFaults(options.faults);
      const { hubspotPort, klaviyoPort, contacts, seed } = options;
      const kept =
        options.keep === undefined ? {} : { keepIn: resolve(options.keep), fresh: options.fresh === true };
      const rehearsal = await rehearse(app, { hubspotPort, klaviyoPort, contacts, seed, faults, ...kept });
      app.out(options.json ? json(addresses(rehearsal)) : describe(rehearsal));
      await untilStopped(app.stopping);
      await rehearsal.close();
      exit(EXIT.done);
    });
}

export function whole(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError("It has to be a whole number.");
  return Number(text);
}

function readFaults(path: string) {
  const because = (what: string, cause: unknown): CommandFailure => {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new CommandFailure(EXIT.usage, `${path} ${what}:\n${why.replaceAll(/^/gm, "  ")}`);
  };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw because("cannot be read", cause);
  }
  try {
    return parseFaults(JSON.parse(text));
  } catch (cause) {
    const { message } = because("is no list of faults", cause);
    throw new CommandFailure(EXIT.usage, `${message}\n  fix: write it like ${EXAMPLE}`);
  }
}

const EXAMPLE =
  '{"hubspot": [{"match": "batch/update", "times": 2, "fault": {"kind": "status", "status": 503, "applied": "after"}}]}';

function addresses({ hubspot, klaviyo, story, continues }: Rehearsal) {
  return {
    continues: continues?.at ?? null,
    hubspot: { url: hubspot.url, token: hubspot.token },
    klaviyo: { url: klaviyo.url, key: klaviyo.key },
    story,
  };
}

function describe({ hubspot, klaviyo, story, continues }: Rehearsal): string {
  return [
    ...(continues === null ? [] : [`Continues from ${continues.at.toISOString()}.`]),
    `HubSpot  ${hubspot.url}   token ${hubspot.token}`,
    `Klaviyo  ${klaviyo.url}   key   ${klaviyo.key}`,
    `${story.people} people. What happened: GET /_sandbox/log, /_sandbox/calls. Ctrl-C stops both.`,
    "",
  ].join("\n");
}
