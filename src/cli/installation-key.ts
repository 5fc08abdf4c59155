import { hkdfSync, randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { InstallationKeys } from "../model/keys/installation-keys.ts";
import type { App, CommonOptions } from "./app.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { mappingPath } from "./load-mapping.ts";

const KEY_FILE = "tandem.key";
const KEY_BYTES = 32;
/** Shorter is not what Tandem wrote: somebody emptied the file or cut it off. */
const SHORTEST_KEY = 32;

/** Derives one key for each purpose (HKDF, RFC 5869): a key that leaks from one use opens no other. */
export function deriveKeys(secret: string): InstallationKeys {
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync("sha256", secret, "tandem", purpose, bytes));
  return {
    id: derive("key id", 6).toString("hex"),
    files: derive("saved plans", 32),
    consent: derive("consent ledger", 32),
    audit: derive("audit", 32),
    viewers: derive("pseudonyms for viewers", 32),
  };
}

/**
 * The keys of this installation, read when they are first needed: from TANDEM_SECRET_KEY, else from `tandem.key` beside
 * the mapping or in `.tandem/`. Where there is none, one is made with mode 0600 and told once.
 */
export function installationKeys(app: App, options: CommonOptions): () => InstallationKeys {
  let keys: InstallationKeys | null = null;
  return () => {
    keys ??= deriveKeys(app.env["TANDEM_SECRET_KEY"] || secretFromFile(app, options));
    return keys;
  };
}

/** Where the key of a mapping may lie. The embedded database is under `.tandem/`, so that comes second. */
function keyPlaces(app: App, options: CommonOptions): readonly [string, string] {
  const mapping = mappingPath(app, options);
  const isFolder = statSync(mapping, { throwIfNoEntry: false })?.isDirectory() === true;
  return [join(isFolder ? mapping : dirname(mapping), KEY_FILE), join(resolve(".tandem"), KEY_FILE)];
}

function secretFromFile(app: App, options: CommonOptions): string {
  const places = keyPlaces(app, options);
  for (const place of places) {
    const secret = readKeyFile(place);
    if (secret !== null) return secret;
  }
  for (const place of places) {
    const made = makeKeyFile(place);
    if (made === null) continue;
    if (made.isNew) app.talk(madeWords(place));
    return made.secret;
  }
  app.talk(noPlaceWords(places));
  return randomBytes(KEY_BYTES).toString("base64url");
}

/**
 * What a key file holds; `null` where there is none.
 *
 * @throws CommandFailure 78 for a file that cannot be read or holds no key: a new key in its place would make everything
 * that the old one vouches for look forged
 */
function readKeyFile(path: string): string | null {
  const unusable = (why: string): CommandFailure =>
    new CommandFailure(
      EXIT.config,
      `${path} ${why}. It holds this installation's key.\n  fix: Restore it from a backup, make it readable, or set TANDEM_SECRET_KEY.`,
    );
  let secret: string;
  try {
    secret = readFileSync(path, "utf8").trim();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw unusable(`cannot be read (${code})`);
  }
  if (secret.length < SHORTEST_KEY) throw unusable("is no key");
  return secret;
}

/** Makes a key file whole or not at all. Two processes that start together end with one key. */
function makeKeyFile(path: string): { readonly secret: string; readonly isNew: boolean } | null {
  const half = `${path}.${randomUUID()}`;
  const secret = randomBytes(KEY_BYTES).toString("base64url");
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(half, `${secret}\n`, { flag: "wx", mode: 0o600 });
    linkSync(half, path);
    return { secret, isNew: true };
  } catch {
    const there = readKeyFile(path);
    return there === null ? null : { secret: there, isNew: false };
  } finally {
    rmSync(half, { force: true });
  }
}

function madeWords(path: string): string {
  return [
    `Made ${path}: this installation's key. It vouches for saved plans, the consent ledger and the audit.`,
    "  Back it up apart from the database, and keep it out of version control.",
    "  If it is lost, Tandem still runs, but saved plans become invalid and the proof of the ledger starts again.",
    "",
  ].join("\n");
}

function noPlaceWords(places: readonly string[]): string {
  return [
    `No key: TANDEM_SECRET_KEY is not set, and neither ${places.join(" nor ")} can be written.`,
    "  Tandem runs with a key that ends with this process. Its saved plans and its part of the ledger cannot be verified later.",
    "  fix: Set TANDEM_SECRET_KEY, for example to the output of: openssl rand -base64 32",
    "",
  ].join("\n");
}
