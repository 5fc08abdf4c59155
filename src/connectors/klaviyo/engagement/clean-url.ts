/** Names of parameters that say where a visitor came from, and never what page is shown. In lower case. */
const TRACKING: ReadonlySet<string> = new Set([
  // Klaviyo's own.
  "_kx",
  "_ke",
  "nb_klid",
  // Of advertisements.
  "gclid",
  "gclsrc",
  "dclid",
  "gbraid",
  "wbraid",
  "gad_source",
  "gad_campaignid",
  "srsltid",
  "fbclid",
  "msclkid",
  "ttclid",
  "twclid",
  "li_fat_id",
  "yclid",
  "igshid",
  "igsh",
  "epik",
  "irclickid",
  "ef_id",
  "s_kwcid",
  // Of other tools for mail and analytics.
  "_ga",
  "_gl",
  "_hsenc",
  "_hsmi",
  "__hstc",
  "__hssc",
  "__hsfp",
  "hsctatracking",
  "mc_cid",
  "mc_eid",
  "mkt_tok",
  "vero_id",
  "vero_conv",
  "oly_enc_id",
  "oly_anon_id",
]);

/** An anchor leads to a place on a page, not to another page. */
const ANCHOR = /^[\w.:-]*$/;

/**
 * A link as people read it, and as "the same URL" is meant: two clicks led to the same page where these are equal.
 *
 * - Only http and https; `null` for anything else. No user name and no password.
 * - Parameters that only track are left out (`utm_…`, Klaviyo's `_kx`, click ids); all others stay as they are written, in
 *   their order, for any of them may choose the page.
 * - A fragment stays where it is more than an anchor: `#/orders/1` and `#item=5` are pages, `#prices` is not.
 * - Host and default port are written in one way; paths, capitals in them and final slashes stay.
 */
export function cleanUrl(raw: string): string | null {
  const text = raw.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  url.username = "";
  url.password = "";
  const search = withoutTracking(url.search.slice(1));
  const fragment = pageFragment(url.hash.slice(1));
  const { origin, pathname } = url;
  return `${origin}${pathname}${search === "" ? "" : `?${search}`}${fragment === "" ? "" : `#${fragment}`}`;
}

function withoutTracking(query: string): string {
  return query
    .split("&")
    .filter((part) => part !== "" && !isTracking(part))
    .join("&");
}

function isTracking(part: string): boolean {
  const name = decoded(part.split("=", 1)[0] ?? "").toLowerCase();
  return name.startsWith("utm_") || TRACKING.has(name);
}

function pageFragment(fragment: string): string {
  // What a browser should highlight is no part of the address.
  const [address = ""] = fragment.split(":~:", 1);
  const [path = "", ...query] = address.split("?");
  if (query.length > 0) {
    const left = withoutTracking(query.join("?"));
    return left === "" ? (ANCHOR.test(path) ? "" : path) : `${path}?${left}`;
  }
  const left = path.includes("=") ? withoutTracking(path) : path;
  return ANCHOR.test(left) ? "" : left;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
