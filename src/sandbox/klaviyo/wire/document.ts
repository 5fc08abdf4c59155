import type { Call } from "../../route.ts";

/** Where this server was reached: every link in an answer leads back to it. */
function originOf(call: Call): string {
  return `http://${call.headers["host"] ?? "127.0.0.1"}`;
}

/** The link of the answer to itself: path without a trailing slash, every parameter encoded. */
export function selfLink(call: Call, changed: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(call.query);
  for (const [name, value] of Object.entries(changed)) query.set(name, value);
  const path = (call.path.split("?", 1)[0] ?? "").replace(/\/+$/, "");
  const text = query.toString();
  return `${originOf(call)}${path}${text === "" ? "" : `?${text}`}`;
}

/** The link of one resource; these end in a slash. */
export function resourceLink(call: Call, collection: string, id: string): string {
  return `${originOf(call)}/api/${collection}/${id}/`;
}

/** A relationship; `data` only where it was asked for. */
export function relation(call: Call, collection: string, id: string, name: string, data?: unknown): object {
  const base = `${originOf(call)}/api/${collection}/${id}`;
  const links = { self: `${base}/relationships/${name}/`, related: `${base}/${name}/` };
  return data === undefined ? { links } : { data, links };
}
