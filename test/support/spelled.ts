import { createHash } from "node:crypto";

const percent = (text: string): string => encodeURIComponent(text).replaceAll("'", "%27");
const every = (text: string, write: (hex: string) => string): string =>
  [...Buffer.from(text)].map((byte) => write(byte.toString(16))).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const digest = (kind: string, text: string): string => createHash(kind).update(text).digest("hex");

/** An email address in every spelling that a link, a message, HTML or JSON may hold, by what one calls it. */
export function spelled(address: string): Readonly<Record<string, string>> {
  return {
    plain: address,
    "in capitals": address.toUpperCase(),
    "percent-encoded": percent(address),
    "percent-encoded twice": percent(percent(address)),
    "percent-encoded three times": percent(percent(percent(address))),
    "percent-encoded in lower case": percent(address).toLowerCase(),
    "percent-encoded, every byte": every(address, (hex) => `%${hex}`),
    "after a form was decoded": address.replace("+", " "),
    "numbers of HTML": every(address, (hex) => `&#${Number.parseInt(hex, 16)};`),
    "hexadecimal numbers of HTML": every(address, (hex) => `&#x${hex};`),
    "names of HTML": address
      .replaceAll(".", "&period;")
      .replaceAll("'", "&apos;")
      .replaceAll("+", "&plus;")
      .replaceAll("@", "&commat;"),
    "names of HTML, escaped twice": address.replaceAll("'", "&amp;#39;").replaceAll("@", "&amp;commat;"),
    "escapes of JSON": every(address, (hex) => `\\u00${hex}`),
    "escapes of JSON within JSON": every(address, (hex) => `\\\\u00${hex}`),
    "with an escaped quote": address.replace("'", "\\'"),
    "quoted-printable": address.replace("@", "=40").replace("+", "=2B"),
    base64: base64(address),
    "base64 for links": Buffer.from(address).toString("base64url"),
    "base64 of capitals": base64(address.toUpperCase()),
    "base64 of a first capital": base64(address.charAt(0).toUpperCase() + address.slice(1)),
    "base64, percent-encoded": percent(base64(`a ${address} ÿ?>`)),
    "base64, percent-encoded twice": percent(percent(base64(address))),
    "base64 of a percent-encoded one": base64(encodeURIComponent(address)),
    "base64 one byte on": base64(`a${address}b`),
    "base64 two bytes on": Buffer.from(`ab${address}`).toString("base64url"),
    "base64 of JSON": base64(JSON.stringify({ id: 17, email: address, end: "…" })),
    MD5: digest("md5", address),
    "SHA-1": digest("sha1", address).toUpperCase(),
    "SHA-256": digest("sha256", address),
    hexadecimal: Buffer.from(address).toString("hex"),
  };
}
