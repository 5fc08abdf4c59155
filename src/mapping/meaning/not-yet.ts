import type { Finding, Path } from "../diagnostics/diagnostic.ts";

/** A part of the format that is known but not in use: what it is called, and what to do meanwhile. */
interface Later {
  /** `*` stands for any entry of a list or any key. */
  readonly path: readonly string[];
  /** Is this value one that asks for more than today's behaviour? */
  readonly asks: (value: unknown) => boolean;
  readonly what: string;
  readonly help: string;
}

const always = () => true;
const is = (later: unknown) => (value: unknown) => value === later;

/** One line each; the issue that builds a part deletes its line. */
const LATER: readonly Later[] = [
  {
    path: ["connections", "klaviyo", "auth"],
    asks: is("oauth"),
    what: "`auth: oauth`",
    help: "use `private_key`",
  },
  {
    path: ["privacy", "logs"],
    asks: always,
    what: "`privacy.logs`. Tandem writes its log to standard error and keeps none of it",
    help: "delete it, and set how long a log is kept where you collect it",
  },
];

/** Rejects keys that are known but not built. Ignored silently, they would look as if they worked. */
export function notYet(value: unknown): readonly { path: Path; finding: Finding }[] {
  return LATER.flatMap(({ path, asks, what, help }) =>
    matches(value, path, []).flatMap((found) =>
      asks(found.value)
        ? [
            {
              path: found.path,
              finding: { code: "M190", message: `not yet supported: ${what}`, help } as const,
            },
          ]
        : [],
    ),
  );
}

function matches(
  value: unknown,
  pattern: readonly string[],
  at: Path,
): readonly { path: Path; value: unknown }[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ path: at, value }];
  if (step === "*")
    return Array.isArray(value) ? value.flatMap((item, index) => matches(item, rest, [...at, index])) : [];
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return [];
  return matches((value as Record<string, unknown>)[step], rest, [...at, step]);
}
