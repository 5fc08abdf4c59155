import type { ApiVersion } from "./put-together.ts";

/**
 * The SDK knows numbered paths only; the date-based ones take the same bodies. They have no slash before the query, as
 * the SDK sends it for several lists (guide of 2026-09).
 */
export function versioned(url: string, version: ApiVersion): string {
  if (version === "v3") return url;
  return url
    .replace(/^([^?]*)\/(?=\?|$)/, "$1")
    .replace(/\/crm\/v[34]\/(objects|lists|properties|associations)(?=[/?]|$)/, `/crm/$1/${version}`)
    .replace(
      /\/events\/v3\/(send|event-definitions)(?=[/?]|$)/,
      version === "2026-03" ? `/events/${version}/$1` : `/events/custom/${version}/$1`,
    )
    .replace(/\/account-info\/v3\//, `/account-info/${version}/`)
    .replace(/\/communication-preferences\/v4\//, `/communication-preferences/${version}/`);
}
