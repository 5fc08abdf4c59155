import type { PlanFindings } from "../../lanes/plans/make-plan.ts";
import { PLAN_VALID_MS } from "../../lanes/plans/plan-file.ts";
import type { LimitedAction } from "../../model/hold.ts";
import type { FieldRule, Limits } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import { LIMITED_ACTIONS } from "../../plan/changes.ts";
import { allowedOf } from "../../plan/limits.ts";
import { heldByLimit } from "../../plan/problems.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { heldChange, heldLine } from "../../words/held-words.ts";
import { personLines } from "./plan-person.ts";

/** Fields named in one line of the totals; the rest is counted. */
const FIELDS_SHOWN = 4;

/** What the plan was asked for. */
interface PlanOptions {
  readonly out?: string | null;
  readonly email?: string | null;
}

/** The plan as a person reads it: totals by side, people in full, limits, cost, and the sum in the last line. */
export function planReport(
  findings: PlanFindings,
  { out: savedAs = null, email = null }: PlanOptions = {},
): string {
  const { totals, contacts, examples, problems, exceeded } = findings;
  const skipped = [...problems].map(([title, count]) => `  ${grouped(count)} × ${title}`);
  const left = skipped.length === 0 ? [] : ["Skipped until someone fixes the cause:", ...skipped, ""];
  if (totals.people === 0 && exceeded.length === 0) {
    const compared =
      contacts === 0 && email !== null
        ? `no contact with ${email} is linked, and no rule wants one; tandem explain ${email} tells more`
        : `${counted(contacts, "contact")} compared`;
    const nothing = `Nothing to change: ${compared}. Nothing has been written.`;
    return [...left, nothing, ...saved(findings, savedAs), ""].join("\n");
  }
  return [
    "tandem would make these changes. Nothing has been written.",
    "",
    ...SIDES.flatMap((side) => sideLines(findings, side)),
    "",
    ...exampleLines(examples.length, totals.people),
    ...examples.flatMap((plan) => [...personLines(plan, findings.mapping.fields), ""]),
    ...left,
    ...limitLines(findings),
    "",
    ...costLines(findings),
    consentLine(findings),
    sum(findings),
    ...exceeded.map(heldByLimit).map(({ title, explanation }) => `✖ ${title}\n  ${explanation}`),
    ...heldLines(findings),
    ...saved(findings, savedAs),
    "",
  ].join("\n");
}

/** Held people named in a plan; `tandem approve` shows them all. */
const HELD_SHOWN = 10;

/** Whom a name would move that stands for another list or segment now. */
function heldLines({ held }: PlanFindings): readonly string[] {
  const moved = held.filter(({ action }) => action === "repointed");
  const left = moved.length - HELD_SHOWN;
  return [
    ...moved.slice(0, HELD_SHOWN).map(({ words }) => {
      const change = heldChange(words);
      return change === null ? `    ${words}` : `    ${change.who}   ${heldLine(change)}`;
    }),
    ...(left > 0 ? [`    and ${grouped(left)} more`] : []),
  ];
}

/** What would be done to a side, under the marks that the people below have. */
function sideLines({ totals, fields, mapping }: PlanFindings, side: Side): readonly string[] {
  const {
    creates,
    updates,
    clears,
    list_additions: on,
    removals: off,
    unsubscribes,
    subscribes,
  } = totals[side];
  const { written, emptied } = fields[side];
  const most = (counts: ReadonlyMap<string, number>) => fieldCounts(counts, mapping.fields, side);
  const lines = [
    ...(creates > 0 ? [`+ ${counted(creates, "contact")} to create`] : []),
    ...(updates > 0 ? [`~ ${counted(updates, "contact")} to change${most(written)}`] : []),
    ...(clears > 0 ? [`! ${counted(clears, "value")} to empty${most(emptied)}`] : []),
    ...(on + off > 0 ? [`» ${grouped(on)} to add to lists, ${grouped(off)} to take off`] : []),
    ...(unsubscribes > 0 ? [`⊘ ${counted(unsubscribes, "person", "people")} to unsubscribe`] : []),
    ...(subscribes > 0 ? [`✓ ${counted(subscribes, "person", "people")} to subscribe`] : []),
  ];
  const [first = "nothing", ...more] = lines;
  return [`  ${SIDE_NAMES[side]}  ${first}`, ...more.map((line) => `           ${line}`)];
}

function fieldCounts(counts: ReadonlyMap<string, number>, fields: readonly FieldRule[], side: Side): string {
  if (counts.size === 0) return "";
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const shown = sorted.slice(0, FIELDS_SHOWN).map(([key, count]) => `${nameOf(key)} ${grouped(count)}`);
  const rest = sorted.length > FIELDS_SHOWN ? ` · ${sorted.length - FIELDS_SHOWN} more` : "";
  return `: ${shown.join(" · ")}${rest}`;

  function nameOf(key: string): string {
    return fields.find((rule) => rule.key === key)?.property[side] ?? key;
  }
}

function exampleLines(shown: number, people: number): readonly string[] {
  if (shown === 0 || shown >= people) return [];
  return [`${grouped(shown)} of ${grouped(people)} people; --all for every one, --email for one:`, ""];
}

/** Of each limit that this plan comes near: how much it would use of it. */
function limitLines({
  totals,
  limited,
  limits,
  linked,
  firstSync,
  exceeded,
}: PlanFindings): readonly string[] {
  const held = (action: string) => exceeded.some((one) => one.action === action);
  const rows = LIMITED_ACTIONS.flatMap((action) => {
    const planned = Math.max(...SIDES.map((side) => limited[side][action]));
    if (planned === 0) return [];
    const free = firstSync && (action === "creates" || action === "updates");
    const limit = free ? "first sync" : words(action, limits, linked);
    return [row(`${action}_per_run`, grouped(planned), limit, held(action))];
  });
  const { approvalAbove } = limits;
  const all =
    approvalAbove === null || limited.people === 0
      ? []
      : [row("approval_above", grouped(limited.people), grouped(approvalAbove), held("people"))];
  const approved = totals.people - limited.people;
  const used = [...rows, ...all];
  return [
    ...(used.length > 0 ? [row("Safety limits, by side", "this plan", "limit", null)] : []),
    ...used,
    ...(approved > 0
      ? [`  Approved already, and not counted: ${counted(approved, "person", "people")}`]
      : []),
  ];
}

function row(name: string, planned: string, limit: string, exceeded: boolean | null): string {
  const mark = exceeded === null ? "" : exceeded ? "✖ exceeded" : "✔";
  return `  ${name.padEnd(22)} ${planned.padStart(10)}   ${limit.padStart(14)}   ${mark}`.trimEnd();
}

function words(action: LimitedAction, limits: Limits, linked: number): string {
  const limit = limits[action];
  const allowed = grouped(allowedOf(action, limits, linked));
  return "count" in limit ? allowed : `${allowed} (${Math.round(limit.share * 1_000) / 10} %)`;
}

/** What it costs: calls and time, and what the two accounts will be billed for. */
function costLines({ cost, totals }: PlanFindings): readonly string[] {
  const calls = SIDES.map((side) => `about ${counted(cost[side].requests, "call")} to ${SIDE_NAMES[side]}`);
  const minutes = Math.ceil(Math.max(cost.hubspot.seconds, cost.klaviyo.seconds) / 60);
  const time = minutes <= 1 ? "a minute or less" : `about ${grouped(minutes)} minutes`;
  const profiles = counted(totals.klaviyo.creates, "more active Klaviyo profile");
  const contacts = counted(totals.hubspot.creates, "more HubSpot contact");
  return [
    `Cost: ${calls.join(", ")}, ${time}.`,
    `Bill: ${profiles}, ${contacts} (none made a marketing contact).`,
  ];
}

function both({ totals }: PlanFindings, action: LimitedAction): number {
  return totals.hubspot[action] + totals.klaviyo[action];
}

/** There is no operation that resubscribes, so that number is always the same; it is what people look for. */
function consentLine(findings: PlanFindings): string {
  const subscribed = counted(both(findings, "subscribes"), "person", "people");
  const unsubscribed = both(findings, "unsubscribes");
  const refused = unsubscribed === 0 ? "" : `, ${grouped(unsubscribed)} unsubscribed`;
  return `Consent: ${subscribed} would be subscribed, 0 resubscribed${refused}.`;
}

function sum(findings: PlanFindings): string {
  const { totals } = findings;
  const over = (action: LimitedAction) => grouped(both(findings, action));
  const lists = SIDES.reduce((all, side) => all + totals[side].list_additions + totals[side].removals, 0);
  const parts = [
    `${over("creates")} to create`,
    `${over("updates")} to change`,
    `${counted(both(findings, "clears"), "value")} to empty`,
    ...(lists > 0 ? [counted(lists, "list change")] : []),
    `${counted(both(findings, "subscribes"), "person", "people")} to subscribe`,
  ];
  return `Plan: ${parts.join(", ")}.`;
}

function saved({ saved: file }: PlanFindings, savedAs: string | null): readonly string[] {
  if (file === null || savedAs === null) return [];
  return [`Saved to ${savedAs}, valid for ${PLAN_VALID_MS / 60_000} minutes:  tandem apply ${savedAs}`];
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
