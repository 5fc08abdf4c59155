import type { z } from "zod";
import { CHANNELS } from "../../model/watch/alerting.ts";
import { DURATION } from "../schema/duration.ts";
import type { alertEntry } from "../schema/schema-alerts.ts";
import type { Finding } from "../diagnostics/diagnostic.ts";
import type { Meaning } from "./meaning-fields.ts";

/** An alert that is shaped as it must be, with its place in the file's list. */
export interface PlacedAlert {
  readonly index: number;
  readonly entry: z.infer<typeof alertEntry>;
  readonly line: number;
}

/** What the rest of the file says that alerts depend on. */
export interface AlertSurroundings {
  /** The keys of `channels`. */
  readonly channels: readonly string[];
  /** Does a connection say when its key expires? */
  readonly expires: boolean;
}

type Kind = "a number or a percentage" | "a percentage" | "a duration";

/** What `value` has to be, and whether it may be left out. Other alerts take none. */
const VALUES: Readonly<
  Partial<Record<string, { readonly kind: Kind; readonly example: string; readonly default?: true }>>
> = {
  failing_above: { kind: "a number or a percentage", example: "`value: 50` or `value: 5%`" },
  errors_above: { kind: "a percentage", example: "`value: 5%`" },
  auth_expiring: { kind: "a duration", example: "`value: 7d`", default: true },
  version_sunset: { kind: "a duration", example: "`value: 90d`", default: true },
};

/** What alerts and channels say that cannot be meant. */
export function alertMeanings(
  alerts: readonly PlacedAlert[],
  { channels, expires }: AlertSurroundings,
): readonly Meaning[] {
  const first = new Map<string, number>();
  const used = new Set<string>();
  const found = alerts.flatMap(({ index, entry, line }) => {
    const { when, to } = entry;
    const names = typeof to === "string" ? [to] : to;
    for (const name of names) used.add(name);
    const at = (path: readonly (string | number)[], part: "key" | "value", finding: Finding): Meaning => ({
      path: ["alerts", index, ...path],
      part,
      finding,
    });
    const before = first.get(when);
    first.set(when, before ?? line);
    return [
      ...(before === undefined
        ? []
        : [
            at(["when"], "value", {
              code: "M273",
              message: `two alerts are about \`${when}\``,
              help: `the first one is on line ${before}; name all channels there`,
            }),
          ]),
      ...names.flatMap((name, item) =>
        channels.includes(name)
          ? []
          : [
              at(typeof to === "string" ? ["to"] : ["to", item], "value", {
                code: "M270",
                message: `there is no channel \`${name}\``,
                help: otherChannels(name, channels),
              }),
            ],
      ),
      ...valueFindings(entry).map(({ path, part, ...finding }) => at(path, part, finding)),
      ...(when === "auth_expiring" && !expires
        ? [
            at(["when"], "value", {
              code: "M275",
              severity: "warning",
              message: "no connection says when its key expires, so this alert never opens",
              help: "add `token_expires: 2027-06-30` below `connections.hubspot` or `connections.klaviyo`",
            }),
          ]
        : []),
    ];
  });
  const unused = channels.filter((name) => takesAlerts(name) && !used.has(name));
  return [
    ...found,
    ...unused.map((name): Meaning => ({
      path: ["channels", name],
      part: "key",
      finding: {
        code: "M274",
        severity: "warning",
        message: `no alert goes to \`${name}\``,
        help: `add \`to: ${name}\` to an entry of \`alerts\`, or delete the channel`,
      },
    })),
  ];
}

function otherChannels(name: string, channels: readonly string[]): string {
  const others = channels.filter(takesAlerts);
  const instead = others.length === 0 ? "" : `, or use ${others.join(" or ")}`;
  return `add \`channels.${name}\`${instead}`;
}

function takesAlerts(channel: string): boolean {
  return (CHANNELS as readonly string[]).includes(channel);
}

interface ValueFinding extends Finding {
  readonly path: readonly string[];
  readonly part: "key" | "value";
}

function valueFindings({ when, value }: PlacedAlert["entry"]): readonly ValueFinding[] {
  const wanted = VALUES[when];
  if (wanted === undefined) {
    if (value === undefined) return [];
    const message = `\`${when}\` takes no \`value\``;
    return [{ path: ["value"], part: "key", code: "M272", severity: "warning", message, help: "delete it" }];
  }
  const { kind, example } = wanted;
  if (value === undefined) {
    if (wanted.default === true) return [];
    const message = `\`${when}\` needs \`value\`, ${kind}`;
    return [{ path: ["when"], part: "value", code: "M271", message, help: `for example ${example}` }];
  }
  if (kindsOf(value).includes(kind)) return [];
  const message = `the value of \`${when}\` must be ${kind}`;
  return [{ path: ["value"], part: "value", code: "M271", message, help: `for example ${example}` }];
}

function kindsOf(value: string | number): readonly Kind[] {
  if (typeof value === "number") return ["a number or a percentage"];
  return DURATION.test(value) ? ["a duration"] : ["a number or a percentage", "a percentage"];
}
