/** The parts of a mapping that a test wants otherwise; each a piece of YAML without its key, indented as it must be. */
export interface MappingParts {
  readonly head?: string;
  readonly hubspot?: string;
  readonly klaviyo?: string;
  readonly rules?: string;
  readonly fields?: string;
  readonly tail?: string;
}

/** Lines that a test's diagnostics count from: the first line of each part. */
export const LINE = { head: 3, hubspot: 6, klaviyo: 9, rules: 11, fields: 13 } as const;

/** A rule from each side, on the lines that one rule has. */
const RULES = [
  "rules: [",
  "    { id: customers, from: hubspot, match: { lists: [Customers] } }, { id: back, from: klaviyo, match: { lists: [Newsletter] } }]",
];

/**
 * A mapping that is right unless a part says otherwise. Each part but the last is one line, so that the others stay at
 * the lines above; `fields` and `rules` are flow entries (`{ … }`), a list of them separated by line breaks is possible
 * for `fields`, which is the last but `tail`.
 */
export function mappingText(parts: MappingParts = {}): string {
  return [
    "version: 1",
    "name: test",
    parts.head ?? "timezone: UTC",
    "connections:",
    "  hubspot:",
    `    ${parts.hubspot ?? "portal_id: 1234567"}`,
    "    token: { env: HUBSPOT_TOKEN }",
    "  klaviyo:",
    `    ${parts.klaviyo ?? "token: { env: KLAVIYO_API_KEY }"}`,
    ...(parts.rules === undefined ? RULES : ["rules:", `  - ${parts.rules}`]),
    "fields:",
    ...(parts.fields ?? "{ hubspot: city, klaviyo: location.city }")
      .split("\n")
      .map((entry) => `  - ${entry}`),
    ...(parts.tail === undefined ? [] : [parts.tail]),
    "",
  ].join("\n");
}
