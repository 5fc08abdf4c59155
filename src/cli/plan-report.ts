import type { PlanFindings } from "../daemon/make-plan.ts";
import type { FieldRule, Limit } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import { LIMITED_ACTIONS } from "../plan/changes.ts";
import { allowance } from "../plan/limits.ts";
import { heldByLimit } from "../plan/problems.ts";
import { counted, grouped } from "../status/count-words.ts";
import { personLines } from "./plan-person.ts";

const NAMES: Readonly<Record<Side, string>> = { hubspot: "HubSpot", klaviyo: "Klaviyo" };

/** Fields named in one line of the totals; the rest is counted. */
const FIELDS_SHOWN = 4;

/** The plan as a person reads it: totals by side, people in full, limits, cost, and the sum in the last line. */
export function planReport(findings: PlanFindings, savedAs: string | null): string {
  const { totals, contacts, examples, problems, exceeded } = findings;
  const skipped = [...problems].map(([title, count]) => `  ${grouped(count)} × ${title}`);
  const left = skipped.length === 0 ? [] : ["Left alone until somebody mends the cause:", ...skipped, ""];
  if (totals.people === 0 && exceeded.length === 0) {
    const nothing = `Nothing to change: ${counted(contacts, "contact")} compared. Nothing has been written.`;
    return [...left, nothing, ...saved(findings, savedAs), ""].join("\n");
  }
  return [
    "tandem would make these changes. Nothing has been written.",
    "  + create   ~ change   ! empty a value   » list only",
    "",
    ...SIDES.flatMap((side) => [...sideLines(findings, side), ""]),
    ...exampleLines(examples.length, totals.people),
    ...examples.flatMap((plan) => [...personLines(plan, findings.mapping.fields), ""]),
    "Consent: 0 people would be subscribed, 0 resubscribed.",
    "",
    ...left,
    ...limitLines(findings),
    "",
    ...costLines(findings),
    "",
    sum(findings),
    ...exceeded.map(heldByLimit).map(({ title, explanation }) => `✖ ${title}\n  ${explanation}`),
    ...saved(findings, savedAs),
    "",
  ].join("\n");
}

function sideLines({ totals, fields, mapping }: PlanFindings, side: Side): readonly string[] {
  const { creates, updates, clears, list_additions: additions, removals } = totals[side];
  const { written, emptied } = fields[side];
  const most = (counts: ReadonlyMap<string, number>) => fieldCounts(counts, mapping.fields, side);
  return [
    NAMES[side],
    `  + ${counted(creates, "contact")}`,
    `  ~ ${counted(updates, "contact")}${most(written)}`,
    `  ! ${counted(clears, "value")}${most(emptied)}`,
    ...(side === "klaviyo"
      ? [`  » ${grouped(additions)} added to lists · ${grouped(removals)} removed`]
      : []),
  ];
}

function fieldCounts(counts: ReadonlyMap<string, number>, fields: readonly FieldRule[], side: Side): string {
  if (counts.size === 0) return "";
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, FIELDS_SHOWN).map(([key, count]) => `${nameOf(key)} ${grouped(count)}`);
  const rest = sorted.length > FIELDS_SHOWN ? ` · ${sorted.length - FIELDS_SHOWN} more` : "";
  return `   ${shown.join(" · ")}${rest}`;

  function nameOf(key: string): string {
    return fields.find((rule) => rule.key === key)?.property[side] ?? key;
  }
}

function exampleLines(shown: number, people: number): readonly string[] {
  if (shown === 0) return [];
  return shown >= people
    ? []
    : [`${grouped(shown)} of ${grouped(people)} people; --all for every one, --email for one:`];
}

function limitLines({ totals, mapping, linked, firstSync, exceeded }: PlanFindings): readonly string[] {
  const held = (action: string) => exceeded.some((one) => one.action === action);
  const planned = (action: (typeof LIMITED_ACTIONS)[number]) =>
    Math.max(...SIDES.map((side) => totals[side][action]));
  const rows = LIMITED_ACTIONS.map((action) => {
    const free = firstSync && (action === "creates" || action === "updates");
    const limit = free ? "first sync" : words(mapping.limits[action], linked);
    return row(`${action}_per_run`, grouped(planned(action)), limit, held(action));
  });
  const { approvalAbove } = mapping.limits;
  const all =
    approvalAbove === null
      ? []
      : [row("approval_above", grouped(totals.people), grouped(approvalAbove), held("people"))];
  return [row("Safety limits, by side", "this plan", "limit", null), ...rows, ...all];
}

function row(name: string, planned: string, limit: string, exceeded: boolean | null): string {
  const mark = exceeded === null ? "" : exceeded ? "✖ exceeded" : "✔";
  return `  ${name.padEnd(22)} ${planned.padStart(10)}   ${limit.padStart(14)}   ${mark}`.trimEnd();
}

function words(limit: Limit, linked: number): string {
  const allowed = allowance(limit, linked);
  if ("count" in limit) return grouped(allowed);
  return `${grouped(allowed)} (${Math.round(limit.share * 1_000) / 10} %)`;
}

/** What it costs: calls and time, and what the two accounts will be billed for. */
function costLines({ cost, totals }: PlanFindings): readonly string[] {
  const calls = SIDES.map((side) => `about ${counted(cost[side].requests, "call")} to ${NAMES[side]}`);
  const minutes = Math.ceil(Math.max(cost.hubspot.seconds, cost.klaviyo.seconds) / 60);
  const time = minutes <= 1 ? "a minute or less" : `about ${grouped(minutes)} minutes`;
  return [
    `Cost: ${calls.join(", ")}, ${time}.`,
    `Bill: ${grouped(totals.klaviyo.creates)} more active Klaviyo profiles, ${grouped(totals.hubspot.creates)} more HubSpot contacts (none made a marketing contact).`,
  ];
}

function sum({ totals }: PlanFindings): string {
  const over = (action: "creates" | "updates" | "clears") =>
    grouped(totals.hubspot[action] + totals.klaviyo[action]);
  return `Plan: ${over("creates")} to create, ${over("updates")} to change, ${over("clears")} values to empty, 0 people to subscribe.`;
}

function saved({ saved: file }: PlanFindings, savedAs: string | null): readonly string[] {
  return file === null || savedAs === null
    ? []
    : [`Saved to ${savedAs}, valid for 60 minutes:  tandem apply ${savedAs}`];
}

/** The plan as scripts read it. */
export function planDocument({ examples, fields, problems, mapping, ...rest }: PlanFindings) {
  const people = examples.map(({ known, operations, problems: own, state, reason }) => ({
    email: known.link.email,
    operations,
    problems: own,
    state,
    reason,
  }));
  const counts = (side: Side) => ({
    written: Object.fromEntries(fields[side].written),
    emptied: Object.fromEntries(fields[side].emptied),
  });
  return {
    connection: mapping.name,
    ...rest,
    fields: { hubspot: counts("hubspot"), klaviyo: counts("klaviyo") },
    problems: Object.fromEntries(problems),
    people,
  };
}
