import { clip } from "../../model/clip.ts";
import type { SecretRef } from "../../model/keys/secret-ref.ts";

export function percent(share: number): string {
  return `${share > 0 && share < 0.01 ? "below 1" : Math.round(100 * share)} %`;
}

/** A value as YAML reads it back: as it is where nothing else could be meant, else in quotes. */
export function scalar(text: string): string {
  const plain =
    /^(?:[A-Za-z_]|\.{0,2}\/)[\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  const number = /^[1-9]\d{0,14}$/.test(text);
  return plain || number ? text : JSON.stringify(text);
}

export function secret(ref: SecretRef): string {
  return "env" in ref ? `{ env: ${scalar(ref.env)} }` : `{ file: ${scalar(ref.file)} }`;
}

/** A name in a comment: on one line, and no longer than reads well. */
export function comment(text: string): string {
  return clip(text.replaceAll(/[\p{C}\u2028\u2029]+/gu, " ").trim(), 60);
}

export function nameOf(account: string): string {
  return slug(account) || "main";
}

export function slug(text: string): string {
  const words = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const short = words.replaceAll(/[^a-z0-9]+/g, "-").slice(0, 40);
  return short.replaceAll(/^-+|-+$/g, "").replace(/^constructor$|^prototype$/, "");
}

export function isZone(zone: string): boolean {
  try {
    return /^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }) instanceof Object;
  } catch {
    return false;
  }
}
