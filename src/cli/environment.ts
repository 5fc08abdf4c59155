import { dirname, join, resolve } from "node:path";
import type { App, CommonOptions } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { readText } from "../mapping/read-text.ts";
import { mappingPath } from "./load-mapping.ts";

/**
 * Reads `.env` in the current folder and beside the mapping, as `tandem init` says. What is set already stays as it is.
 *
 * @throws CommandFailure 78 where one of them is there and cannot be read
 */
export function readEnvFiles(app: App, options: CommonOptions): void {
  const here = resolve(".env");
  read(app, here);
  const beside = resolve(dirname(mappingPath(app, options)), ".env");
  if (beside !== here) read(app, beside);
}

function read(app: App, path: string): void {
  try {
    app.loadEnv(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw new CommandFailure(
      EXIT.config,
      `${join(path)} is there and cannot be read (${code}).\n  fix: Let the user that runs Tandem read it, or move it away.`,
    );
  }
}

/** The settings of Tandem itself that are secret. Keys of HubSpot and Klaviyo are named by the mapping, which reads them. */
const SECRET_SETTINGS = [
  "DATABASE_URL",
  "TANDEM_SECRET_KEY",
  "TANDEM_ADMIN_PASSWORD",
  "TANDEM_USER_PASSWORD",
  "TANDEM_OIDC_CLIENT_SECRET",
  "TANDEM_METRICS_TOKEN",
];
const LARGEST_SECRET = 8 * 1024;

/**
 * Takes a secret setting from the file that `NAME_FILE` names, as containers and systemd hand over secrets. The line
 * break at the end is no part of it.
 *
 * @throws CommandFailure 78 where both forms are set, or the file cannot be read
 */
export function readSecretFiles({ env, setEnv }: Pick<App, "env" | "setEnv">): void {
  for (const name of SECRET_SETTINGS) {
    const path = env[`${name}_FILE`];
    if (path === undefined || path === "") continue;
    if (env[name] !== undefined)
      throw new CommandFailure(
        EXIT.config,
        `${name} and ${name}_FILE are both set.\n  fix: Remove one of them.`,
      );
    const read = readText(path, LARGEST_SECRET);
    if (read.kind === "unreadable")
      throw new CommandFailure(
        EXIT.config,
        `${name}_FILE names ${path}, which cannot be read: ${read.why}.\n  fix: Put the value, and nothing else, into that file, and let the user that runs Tandem read it.`,
      );
    setEnv(name, read.text.replace(/\r?\n$/, ""));
  }
}

/** @throws CommandFailure 78 when Node accepts any certificate: keys and contacts could go to a stranger */
export function refuseUncheckedTls({ env }: Pick<App, "env">): void {
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return;
  throw new CommandFailure(
    EXIT.config,
    "NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the check of every certificate.\n  fix: Remove it. For a certificate of your own, name its authority in NODE_EXTRA_CA_CERTS.",
  );
}

const THIS_MACHINE = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])?$/;

/** A warning where the database is on another machine and nothing encrypts the way to it; else `null`. */
export function databaseInTheOpen({ env }: Pick<App, "env">): string | null {
  const url = URL.parse(env["DATABASE_URL"] ?? "");
  if (
    url === null ||
    THIS_MACHINE.test(url.hostname) ||
    url.searchParams.get("host")?.startsWith("/") === true
  )
    return null;
  const mode =
    url.searchParams.get("sslmode") ?? url.searchParams.get("ssl") ?? env["PGSSLMODE"] ?? "disable";
  if (mode !== "disable" && mode !== "false" && mode !== "0") return null;
  return `Warning: DATABASE_URL names another machine (${url.hostname}) without TLS, so contacts cross the network unencrypted.\n  fix: Add ?sslmode=verify-full to it.\n`;
}
