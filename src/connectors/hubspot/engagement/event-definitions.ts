import { ENGAGEMENT_KINDS } from "../../../model/engagement.ts";
import type { EngagementKind } from "../../../model/engagement.ts";
import type { LeaseGate, Permit } from "../../permit.ts";
import type { SinkSetup } from "../../engagement-port.ts";
import { pageGuard } from "../../http/page-guard.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";
import { DETAIL_TEMPLATE, FIELDS, HEADER_TEMPLATE, KIND_LABELS } from "./entry-words.ts";
import type { EventDefinition } from "./wire.ts";
import { writeHeld } from "../write/write-held.ts";
import { anything, definitionList, oneDefinition } from "./wire.ts";

const DESCRIPTION = "Made by Tandem: what people did with the messages that Klaviyo sent them.";

export async function readDefinitions(
  { endpoints, calls, log }: Account,
  signal: AbortSignal,
): Promise<readonly EventDefinition[]> {
  const found: EventDefinition[] = [];
  const follow = pageGuard({ side: "hubspot", what: "the event definitions", log });
  for (let after: string | null = null, more = true; more;) {
    const page: { readonly body: DefinitionPage } = await calls.read(
      endpoints.eventDefinitions(after),
      definitionList,
      signal,
    );
    found.push(...page.body.results);
    const next: string | null = page.body.paging?.next?.after ?? null;
    follow(next);
    more = next !== null;
    after = next;
  }
  return found;
}

type DefinitionPage = ReturnType<typeof definitionList.parse>;

/** One definition a kind, made or completed. How events look is written each time: HubSpot does not tell what it is. */
export async function setUpDefinitions(
  account: Account,
  gate: LeaseGate,
  signal: AbortSignal,
): Promise<SinkSetup> {
  const { endpoints, calls } = account;
  const known = await readDefinitions(account, signal);
  const ids: Partial<Record<EngagementKind, string>> = {};
  const report: string[] = [];
  for (const kind of ENGAGEMENT_KINDS) {
    const [name, label] = [`tandem_klaviyo_${kind}`, KIND_LABELS[kind]];
    const found = known.find((definition) => definition.name === name);
    let event = found?.fullyQualifiedName;
    if (event === undefined) {
      const build = (permit: Permit) => endpoints.defineEvent(permit, name, label, DESCRIPTION, FIELDS);
      event = (await writeHeld(calls, gate, build, oneDefinition, signal)).body.fullyQualifiedName;
    }
    const added = found === undefined ? [] : missingFields(found);
    const named = event;
    for (const field of added) {
      const build = (permit: Permit) => endpoints.defineEventProperty(permit, named, field);
      await writeHeld(calls, gate, build, anything, signal);
    }
    const shown = await show(account, named, gate, signal);
    ids[kind] = event;
    report.push(
      found === undefined
        ? `made “${label}”`
        : added.length > 0
          ? `brought “${label}” up to date`
          : `“${label}” is up to date`,
    );
    if (!shown) report.push(`HubSpot shows “${label}” by its label and properties: it took no header for it`);
  }
  return { ids, report };
}

/** Whether HubSpot took the header and detail. An event without them is shown all the same, less well. */
async function show(
  { endpoints, calls }: Account,
  event: string,
  gate: LeaseGate,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const build = (permit: Permit) => endpoints.showEvent(permit, event, HEADER_TEMPLATE, DETAIL_TEMPLATE);
    await writeHeld(calls, gate, build, anything, signal);
    return true;
  } catch (error) {
    const status = answeredStatus(error);
    if (status !== null && status >= 400 && status < 500) return false;
    throw error;
  }
}

function missingFields({ properties }: EventDefinition) {
  // Where properties are not told, none is missing for all we know.
  return properties === null || properties === undefined
    ? []
    : FIELDS.filter((field) => properties.every(({ name }) => name !== field.name));
}
