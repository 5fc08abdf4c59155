import type { Command } from "commander";
import { Option } from "commander";
import { candidateFields, fieldRequests, measureFields } from "../../mapping/first/first-fields.ts";
import { firstMapping } from "../../mapping/first/first-mapping.ts";
import { mappingJsonSchema } from "../../mapping/schema/mapping-json-schema.ts";
import { parseMapping } from "../../mapping/parse-mapping.ts";
import type { Connector, Schema } from "../../connectors/connector.ts";
import { mayBeMeant } from "../../mapping/first/first-rule.ts";
import type { SecretRef } from "../../model/keys/secret-ref.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import type { App, CommonOptions } from "../app.ts";
import type { Ask } from "../ask.ts";
import { askBoth } from "./check-remote.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { envExample, ignoreSecrets, refuseExisting, schemaPath, writeNew } from "./init-files.ts";
import { initKeys } from "./init-keys.ts";
import type { ReadAccounts } from "./init-questions.ts";
import { askAboutMapping } from "./init-questions.ts";
import { installationKeys } from "../installation-key.ts";
import { initDocument, initSentences } from "./init-report.ts";
import { json } from "../json.ts";
import { mappingPath } from "../load-mapping.ts";
import { sampleContacts } from "./sample-contacts.ts";

interface InitOptions extends CommonOptions {
  readonly hubspotTokenEnv?: string;
  readonly hubspotTokenFile?: string;
  readonly klaviyoTokenEnv?: string;
  readonly klaviyoTokenFile?: string;
  readonly hubspotUrl?: string;
  readonly klaviyoUrl?: string;
  /** False with `--no-input`. */
  readonly input: boolean;
  readonly oneWay?: boolean;
}

/** People of each side that fill rates are measured on: three requests. */
const SAMPLE = 300;

export function initCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  const place = (side: Side, name: string, fallback: string): readonly Option[] => [
    new Option(`--${side}-token-env <name>`, `variable with the ${name} key (default: ${fallback})`),
    new Option(`--${side}-token-file <path>`, `file with the ${name} key`).conflicts(`${side}TokenEnv`),
    new Option(`--${side}-url <url>`, `a rehearsal ${name} on this machine`),
  ];
  const command = program
    .command("init")
    .description("Write a first mapping from both accounts. Changes no account.")
    .option("--no-input", "asks nothing")
    .option("--one-way", "sync from HubSpot to Klaviyo only (default: both ways)");
  for (const option of [
    ...place("hubspot", "HubSpot", "HUBSPOT_TOKEN"),
    ...place("klaviyo", "Klaviyo", "KLAVIYO_API_KEY"),
  ])
    command.addOption(option);
  command.action(async (_options, itself: Command) => {
    const options = itself.optsWithGlobals<InitOptions>();
    const path = mappingPath(app, options);
    refuseExisting(path);
    const ask = options.input ? app.ask : null;
    const given = await readBoth(app, options, ask).catch((error: unknown) => {
      if (error instanceof SystemUnavailable) app.talk("tandem init did not finish, and wrote no file.\n");
      throw error;
    });
    const first = { ...given, ...(await askAboutMapping(app, given, ask, options.oneWay)) };
    const mapping = firstMapping(first);
    const files = [
      writeNew(schemaPath(path), `${JSON.stringify(mappingJsonSchema(), null, 2)}\n`),
      writeNew(".env.example", envExample(first.tokens)),
      ignoreSecrets(".gitignore"),
      writeNew(path, mapping.text),
    ];
    installationKeys(app, options)();
    const told = { files, first, mapping };
    app.out(options.json === true ? json(initDocument(told)) : initSentences(told));
    exit(EXIT.done);
  });
}

/** Everything that the accounts tell: names, lists, and how full the fields are that both have. */
async function readBoth(app: App, options: InitOptions, ask: Ask | null): Promise<ReadAccounts> {
  const tokens: PerSide<SecretRef> = {
    hubspot: refOf(options.hubspotTokenFile, options.hubspotTokenEnv ?? "HUBSPOT_TOKEN"),
    klaviyo: refOf(options.klaviyoTokenFile, options.klaviyoTokenEnv ?? "KLAVIYO_API_KEY"),
  };
  const baseUrls = { hubspot: options.hubspotUrl ?? null, klaviyo: options.klaviyoUrl ?? null };
  const connection = bareMapping(tokens, baseUrls);
  const connectors = await app.connect(connection, await initKeys(app, tokens, ask), null);
  const tell = (text: string): void => void (options.quiet === true || app.talk(`${text}\n`));
  tell("Reading what both accounts have");
  const accounts = await askBoth(connectors, (each) => each.account(app.signal));
  const schemas = await counted(
    connectors.klaviyo,
    await askBoth(connectors, (each) => each.discover(app.signal)),
    app,
  );
  tell(`Looking at up to ${SAMPLE} people on each side, to see which fields are filled`);
  const candidates = candidateFields(schemas);
  const samples = await askBoth(connectors, (each) => {
    const requests = fieldRequests(candidates, each.side, schemas[each.side]);
    return sampleContacts(each, requests, SAMPLE, app.signal);
  });
  return { tokens, baseUrls, accounts, schemas, samples, fields: measureFields(candidates, samples) };
}

/** So many lists and segments of Klaviyo are counted: it takes 15 such requests a minute. */
const MOST_COUNTED = 10;

/** The same with the sizes of Klaviyo's lists and segments, of which its own lists do not tell them. */
async function counted(klaviyo: Connector, schemas: PerSide<Schema>, app: App): Promise<PerSide<Schema>> {
  const sizes = new Map<string, number | null>();
  for (const collection of schemas.klaviyo.collections.filter(mayBeMeant).slice(0, MOST_COUNTED))
    sizes.set(collection.id, await klaviyo.countMembers(collection, app.signal));
  const collections = schemas.klaviyo.collections.map((each) => ({
    ...each,
    size: sizes.get(each.id) ?? each.size,
  }));
  return { ...schemas, klaviyo: { ...schemas.klaviyo, collections } };
}

function refOf(file: string | undefined, env: string): SecretRef {
  return file === undefined ? { env } : { file };
}

/** A mapping that says no more than how to reach both accounts. */
function bareMapping(tokens: PerSide<SecretRef>, baseUrls: PerSide<string | null>): Mapping {
  const connection = (side: Side): object => ({
    token: tokens[side],
    ...(baseUrls[side] === null ? {} : { base_url: baseUrls[side] }),
  });
  const content = {
    version: 1,
    name: "init",
    connections: perSide(connection),
    rules: [{ id: "init", from: "hubspot", match: { lists: ["init"] } }],
    fields: [{ hubspot: "firstname", klaviyo: "first_name" }],
  };
  // JSON is YAML, and the format's own reading refuses what no connection may be.
  const { mapping, diagnostics } = parseMapping(JSON.stringify(content), "the command line");
  if (mapping !== null) return mapping;
  const [first] = diagnostics;
  const option = (path: string): string =>
    path
      .replace(/^connections\.(\w+)\.base_url.*/, "--$1-url")
      .replace(/^connections\.(\w+)\.token.*/, "--$1-token-*");
  const where = option((first?.path ?? []).join("."));
  throw new CommandFailure(
    EXIT.usage,
    `${where} cannot be used: ${first?.message ?? ""}\n  fix: ${first?.help ?? "correct it"}`,
  );
}
