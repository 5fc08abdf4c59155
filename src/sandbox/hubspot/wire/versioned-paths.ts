/** The generations of HubSpot's API that are served at the same time. */
export type PathVersion = "numbered" | "2026-03" | "2026-09";

const RULES: readonly { pattern: RegExp; to: (date: string) => string; dates: readonly PathVersion[] }[] = [
  {
    pattern: /^\/crm\/v[34]\/(objects|lists|properties|associations)(?=\/|$)/,
    to: (date) => `/crm/$1/${date}`,
    dates: ["2026-03", "2026-09"],
  },
  {
    pattern: /^\/account-info\/v3(?=\/)/,
    to: (date) => `/account-info/${date}`,
    dates: ["2026-03", "2026-09"],
  },
  {
    pattern: /^\/communication-preferences\/v4(?=\/)/,
    to: (date) => `/communication-preferences/${date}`,
    dates: ["2026-03", "2026-09"],
  },
  {
    pattern: /^\/events\/v3(?=\/(send|event-definitions))/,
    to: (date) => (date === "2026-03" ? `/events/${date}` : `/events/custom/${date}`),
    dates: ["2026-03", "2026-09"],
  },
  {
    pattern: /^\/events\/v3\/events(?=\/|$)/,
    to: (date) => `/events/event-occurrences/${date}`,
    dates: ["2026-03", "2026-09"],
  },
  {
    pattern: /^\/oauth\/v3(?=\/token)/,
    to: (date) => `/oauth/${date}`,
    dates: ["2026-03", "2026-09"],
  },
  {
    // The v3 operations skipped 2026-03 and came back in 2026-09.
    pattern: /^\/communication-preferences\/v3(?=\/(status|subscribe|unsubscribe))/,
    to: (date) => `/communication-preferences/${date}`,
    dates: ["2026-09"],
  },
];

/** A type's number may stand for its name in every path. */
const TYPE_NUMBERS: readonly (readonly [RegExp, string])[] = [
  [/^(\/crm\/v3\/(?:objects|properties))\/contacts(?=\/|$)/, "$1/0-1"],
  [/^(\/crm\/v3\/(?:objects|properties))\/companies(?=\/|$)/, "$1/0-2"],
  [/^(\/crm\/v3\/(?:objects|properties))\/deals(?=\/|$)/, "$1/0-3"],
  [/^(\/crm\/v3\/(?:objects|properties))\/notes(?=\/|$)/, "$1/0-46"],
];

/** Every path at which a numbered one is answered, with the generation each belongs to. */
export function versionedPaths(
  numbered: string,
): readonly { readonly path: string; readonly version: PathVersion }[] {
  const alias = TYPE_NUMBERS.find(([pattern]) => pattern.test(numbered));
  const names = alias === undefined ? [numbered] : [numbered, numbered.replace(...alias)];
  return names.flatMap((name) => {
    const paths: { path: string; version: PathVersion }[] = [{ path: name, version: "numbered" }];
    for (const { pattern, to, dates } of RULES) {
      if (!pattern.test(name)) continue;
      for (const version of dates) paths.push({ path: name.replace(pattern, to(version)), version });
    }
    return paths;
  });
}
