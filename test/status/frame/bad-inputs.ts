/** What an opponent sends: each list is curated, and each entry counts as one bad input. */

/** Filters of the pages, with every name that a page reads. */
export const FILTERED: readonly (readonly [page: string, parameters: readonly string[]])[] = [
  ["/errors", ["q", "cause", "side", "field", "rule", "state", "within", "sort", "size", "page"]],
  ["/errors.csv", ["q", "cause", "sort"]],
  ["/contacts", ["q", "state", "page", "sort"]],
  ["/runs", ["kind", "trigger", "result", "page"]],
  ["/runs/1", ["q", "page"]],
  ["/conflicts", ["q", "page"]],
  ["/consent", ["email", "kind", "page"]],
  ["/engagement", ["days"]],
  ["/mapping", ["show", "version"]],
];

export const SQL: readonly string[] = [
  "'",
  "''",
  "\\'",
  "' OR '1'='1",
  "' OR 1=1 --",
  '" OR ""="',
  "1; DROP TABLE link; --",
  "1); DELETE FROM journal; --",
  "' UNION SELECT secret::text FROM consent_key --",
  "' UNION SELECT NULL, NULL, NULL --",
  "1 OR pg_sleep(5)",
  "'; SELECT pg_sleep(5); --",
  "'||(SELECT version())||'",
  "$$;SELECT 1;$$",
  "%' AND 1=(SELECT count(*) FROM link) --",
  "_",
  "%",
  "\\",
  "1e309",
  "-1",
  "0",
  "99999999999999999999",
  "NaN",
  "null",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "ʼ OR 1=1",
  "'/**/OR/**/1=1",
  '{"$ne":null}',
];

/** Names that a library may merge into every object. */
export const PROTOTYPES: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
].flatMap((name) => [
  `${name}=1`,
  `${name}[polluted]=1`,
  `${name}.polluted=1`,
  `q[${name}]=1`,
  `q[${name}][polluted]=1`,
  `${encodeURIComponent(name)}%5Bpolluted%5D=1`,
  `q=${name}`,
  `page=${name}`,
  `sort=${name}`,
  `kind=${name}`,
  `state=${name}`,
  `show=${name}`,
]);

/** Lists, objects and numbers where one word is expected. */
export const CONFUSED: readonly string[] = [
  "q=a&q=b",
  "q[]=a",
  "q[]=a&q[]=b",
  "q[0]=a",
  "q[a]=b",
  "q[a][b]=c",
  "q[length]=1e9",
  "q=%5B%5D",
  "q=%7B%7D",
  "q=null",
  "q=undefined",
  "q=true",
  "page=1&page=2",
  "page[]=1",
  "page[a]=1",
  "page=1.5",
  "page=-1",
  "page=0",
  "page=1e3",
  "page=0x10",
  "page=+1",
  "page= 1",
  "page=Infinity",
  "page=NaN",
  "page=999999999999999999999",
  "size=25&size=50",
  "size[]=25",
  "sort[]=newest",
  "kind[]=contacts",
  "state[]=failing",
  `q=${"a".repeat(5_000)}`,
  `q=${"%25".repeat(2_000)}`,
  "q=a&".repeat(1_500),
  Array.from({ length: 1_500 }, (_, nth) => `p${nth}=1`).join("&"),
  `q=${"[".repeat(2_000)}`,
  `q=${encodeURIComponent("💥".repeat(400))}`,
  `q=${encodeURIComponent("\r\nset-cookie: a=b")}`,
  `q=${encodeURIComponent("\u202e\ufeff\u2028")}`,
  "&&&&=&=&",
  "%00=%00",
];

export const HOSTS: readonly string[] = [
  "evil.example",
  "evil.example:8080",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "evil.example#127.0.0.1",
  "evil.example?127.0.0.1",
  "127.0.0.1@evil.example",
  "evil.example/127.0.0.1",
  "127.0.0.1:8080@evil.example",
  "[::ffff:203.0.113.5]",
  "203.0.113.5",
  "0x7f.evil.example",
  "169.254.169.254",
  "xn--lcalhost-1za.example",
  "LOCALHOST.EVIL.EXAMPLE",
  "127.0.0.1, evil.example",
  "evil.example, 127.0.0.1",
  "evil.example\\127.0.0.1",
  "127.0.0.1%00.evil.example",
  "tandem.example.com",
];

export const PATHS: readonly string[] = ["/", "/contacts/", "/runs/", "/style.css/"].flatMap((begin) => [
  `${begin}..%2f..%2fetc%2fpasswd`,
  `${begin}%2e%2e/%2e%2e/etc/passwd`,
  `${begin}....//....//etc/passwd`,
  `${begin}..%5c..%5cwindows%5cwin.ini`,
  `${begin}%252e%252e%252fetc%252fpasswd`,
  `${begin}.env`,
  `${begin}.git/config`,
  `${begin}package.json`,
  `${begin}%00`,
  `${begin}1%00.css`,
  `${begin}1;a=b`,
  `${begin}%c0%ae%c0%ae/`,
  `${begin}-1`,
  `${begin}1e9`,
  `${begin}0x1`,
  `${begin}99999999999999999999999`,
  `${begin}__proto__`,
  `${begin}constructor`,
  `${begin}%E0%A4%A`,
  `${begin}${"a".repeat(3_000)}`,
]);

/** Where a page may be asked to send somebody. */
export const ELSEWHERE: readonly string[] = [
  "//evil.example",
  "///evil.example",
  "////evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  "https://evil.example",
  "HTTPS://evil.example",
  "https:evil.example",
  "https:/evil.example",
  "http:\\\\evil.example",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "data:text/html,<script>1</script>",
  "vbscript:1",
  "/..//evil.example",
  "/./\\evil.example",
  "/%2f/evil.example",
  "/%5cevil.example",
  " //evil.example",
  "\u00a0//evil.example",
  "\ufeff//evil.example",
  "/\u2028/evil.example",
  "@evil.example",
  "/@evil.example//",
  "//evil.example@127.0.0.1",
  "//127.0.0.1@evil.example",
  "//evil.example:80",
  "//evil%2eexample",
  "//evil。example",
  "/;//evil.example",
  "?//evil.example",
  "#//evil.example",
  "evil.example",
  "/errors\r\nset-cookie: a=b",
  "/errors\r\n\r\n<script>1</script>",
  `/${"a".repeat(3_000)}`,
];

/** Cookies that were forged, cut, or made of other things. One that only spells the same bytes otherwise is none. */
export function forgedCookies(real: string): readonly string[] {
  const bytes = (cookie: string): string =>
    cookie
      .split(";")
      .slice(0, 2)
      .map((part) => Buffer.from(part, "base64").toString("hex"))
      .join(" ");
  const cut = Array.from({ length: 30 }, (_, nth) => real.slice(0, Math.floor((real.length * nth) / 30)));
  const flipped = Array.from({ length: 60 }, (_, nth) => {
    const at = Math.floor((real.length * nth) / 60);
    return real.slice(0, at) + (real[at] === "A" ? "B" : "A") + real.slice(at + 1);
  });
  const made = ["null", "undefined", "{}", "[]", "admin", "role=admin", "0", "true", ";", "%00", "AAAA;AAAA"];
  const swapped = real.split(";").toReversed().join(";");
  return [...cut, ...flipped, ...made, `x;${real}`, swapped].filter((one) => bytes(one) !== bytes(real));
}

/** How a form is sent that no page of Tandem sent, and what is wrong with it. */
export const FOREIGN_FORMS: readonly (readonly [
  what: string,
  csrf: string | null | undefined,
  headers: Readonly<Record<string, string>>,
])[] = [
  ["no token", null, {}],
  ["a made-up token", "made-up", {}],
  ["an empty token", "", {}],
  ["another site's page", undefined, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ["a page without an origin", undefined, { origin: "null", "sec-fetch-site": "cross-site" }],
  ["a sister site", undefined, { origin: "https://other.example.com", "sec-fetch-site": "same-site" }],
];
