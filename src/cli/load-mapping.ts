import { formatDiagnostics } from "../mapping/diagnostics/format-diagnostics.ts";
import type { MappingOnDisk } from "../mapping/read-mapping.ts";
import { readMapping } from "../mapping/read-mapping.ts";
import { readSecret } from "../mapping/read-secret.ts";
import type { SecretRef } from "../model/keys/secret-ref.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Secrets } from "../model/keys/secrets.ts";
import { perSide } from "../model/side.ts";
import type { App, CommonOptions } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { mappingFiles } from "./mapping-files.ts";

/** The mapping file of a command line: `--config`, else TANDEM_CONFIG, else where `init` writes it. */
export function mappingPath(app: App, options: CommonOptions): string {
  return options.config ?? app.env["TANDEM_CONFIG"] ?? "config/mapping.yaml";
}

/** Of a folder of many, so many show what to write. */
const FILES_NAMED = 8;

/**
 * The one mapping file that a command line names. A folder stands for the only mapping in it: a command works on one
 * connection, and its answer is of that one.
 *
 * @throws CommandFailure 78 for a folder of several, naming them
 */
export function mappingFile(app: App, options: CommonOptions): string {
  const path = mappingPath(app, options);
  const [only = path, ...more] = mappingFiles(path);
  if (more.length === 0) return only;
  const named = [only, ...more].slice(0, FILES_NAMED).map((file) => `    --config ${file}`);
  const rest = more.length + 1 - named.length;
  const why = `${path} is a folder of ${more.length + 1} mappings, and this command works on one connection.`;
  const fix = "  fix: Name one of them, each connection in its own process:";
  const lines = [why, fix, ...named, ...(rest > 0 ? [`    and ${rest} more`] : [])];
  throw new CommandFailure(EXIT.config, lines.join("\n"));
}

/** Colour is for a terminal whose owner has not said no (no-color.org). */
export function coloured(app: App, options: CommonOptions, terminal: boolean): boolean {
  return terminal && options.color !== false && !app.env["NO_COLOR"];
}

/** A valid mapping, with the text that it was read from. */
export interface LoadedMapping extends MappingOnDisk {
  readonly mapping: Mapping;
}

/**
 * The mapping of a command, valid.
 *
 * @throws CommandFailure 78 with every problem of the file at its place
 */
export function loadMapping(app: App, options: CommonOptions): LoadedMapping {
  const loaded = readMapping(mappingFile(app, options));
  const { mapping, diagnostics, text } = loaded;
  if (mapping === null || diagnostics.some(({ severity }) => severity === "error")) {
    const message = formatDiagnostics(diagnostics, text);
    const painted = formatDiagnostics(diagnostics, text, { color: coloured(app, options, app.watched) });
    throw new CommandFailure(EXIT.config, message, { diagnostics }, painted);
  }
  app.shown.zone = mapping.timezone;
  return { ...loaded, mapping };
}

/** Tells of what a valid mapping says that may not be meant. */
export function warnOfMapping(app: App, options: CommonOptions, { diagnostics, text }: LoadedMapping): void {
  const warnings = diagnostics.filter(({ severity }) => severity === "warning");
  if (warnings.length === 0 || options.quiet === true) return;
  app.raw.talk(formatDiagnostics(warnings, text, { color: coloured(app, options, app.watched) }));
}

/**
 * The keys that a mapping names.
 *
 * @throws CommandFailure 77 naming the place that holds none
 */
export function loadSecrets(app: App, mapping: Mapping): Secrets {
  const load = (ref: SecretRef, what: string): string => {
    const secret = readSecret(ref, app.env);
    if ("secret" in secret) return secret.secret;
    throw new CommandFailure(EXIT.credentials, `No ${what}: ${secret.wrong}. ${secret.fix}`);
  };
  const { oauth: installed } = mapping.hubspot;
  const keys = perSide((side) => {
    if (side === "klaviyo") return load(mapping.klaviyo.token, "Klaviyo key");
    return load(mapping.hubspot.token, installed === undefined ? "HubSpot key" : "HubSpot refresh token");
  });
  if (installed === undefined) return keys;
  const { clientSecret, developerKey } = installed;
  return {
    ...keys,
    app: {
      clientSecret: load(clientSecret, "HubSpot client secret"),
      developerKey: developerKey === null ? null : load(developerKey, "HubSpot developer key"),
    },
  };
}
