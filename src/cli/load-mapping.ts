import { formatDiagnostics } from "../mapping/format-diagnostics.ts";
import type { MappingOnDisk } from "../mapping/read-mapping.ts";
import { readMapping } from "../mapping/read-mapping.ts";
import { readSecret } from "../mapping/read-secret.ts";
import type { Mapping, SecretRef } from "../model/mapping.ts";
import type { Secrets } from "../model/secrets.ts";
import { perSide } from "../model/side.ts";
import type { App, CommonOptions } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";

/** The mapping file of a command line: `--config`, else TANDEM_CONFIG, else where `init` writes it. */
export function mappingPath(app: App, options: CommonOptions): string {
  return options.config ?? app.env["TANDEM_CONFIG"] ?? "config/mapping.yaml";
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
  const loaded = readMapping(mappingPath(app, options));
  const { mapping, diagnostics, text } = loaded;
  if (mapping === null || diagnostics.some(({ severity }) => severity === "error")) {
    const message = formatDiagnostics(diagnostics, text);
    const painted = formatDiagnostics(diagnostics, text, { color: coloured(app, options, app.watched) });
    throw new CommandFailure(EXIT.config, message, { diagnostics }, painted);
  }
  return { ...loaded, mapping };
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
