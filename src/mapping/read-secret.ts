import type { SecretRef } from "../model/keys/secret-ref.ts";
import { readText } from "./read-text.ts";

/** A secret, or why there is none. `wrong` names the place, never the content, and may be logged; `secret` may not. */
export type Secret = { readonly secret: string } | { readonly wrong: string; readonly fix: string };

/** A key has a hundred characters. More is another file. */
const LARGEST_SECRET = 8 * 1024;

/**
 * Reads what a mapping only names. White space round it is no part of it: files end with a line break, and people copy
 * spaces along. Anything but printable ASCII inside cannot be sent in a header, so it is refused here, by name.
 */
export function readSecret(
  ref: SecretRef,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Secret {
  if ("env" in ref) {
    const place = `environment variable ${ref.env}`;
    const given = (name: string) => (Object.hasOwn(env, name) ? env[name] : undefined);
    const [value, file] = [given(ref.env), given(`${ref.env}_FILE`)];
    if (value !== undefined && file !== undefined)
      return { wrong: `${ref.env} and ${ref.env}_FILE are both set`, fix: "Remove one of them." };
    if (file !== undefined) return fromFile(file);
    if (value === undefined)
      return {
        wrong: `${place} is not set`,
        fix: `Set ${ref.env}, or ${ref.env}_FILE to a file that holds the key.`,
      };
    return checked(value, place, `Put the key into ${ref.env}.`);
  }
  return fromFile(ref.file);
}

function fromFile(path: string): Secret {
  const [place, fix] = [`file ${path}`, `Put the key, and nothing else, into ${path}.`];
  const read = readText(path, LARGEST_SECRET);
  if (read.kind === "text") return checked(read.text, place, fix);
  return { wrong: `${place} cannot be read: ${read.why}`, fix };
}

function checked(value: string, place: string, fix: string): Secret {
  const secret = value.trim();
  if (secret === "") return { wrong: `${place} is empty`, fix };
  if (!/^[\x21-\x7e]+$/.test(secret)) return { wrong: `${place} holds more than one key`, fix };
  return { secret };
}
