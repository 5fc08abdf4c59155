import { ENGAGEMENT_KINDS } from "../../../model/engagement.ts";
import type { EngagementKind } from "../../../model/engagement.ts";
import type { LeaseGate, Permit } from "../../permit.ts";
import type { SinkSetup } from "../../engagement-port.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";
import type { DeveloperAccess, TemplateBody, TemplateToken } from "./endpoints.ts";
import { DETAIL_TEMPLATE, FIELDS, HEADER_TEMPLATE, KIND_LABELS } from "./entry-words.ts";
import { sinkOut } from "./sink-problems.ts";
import type { EventTemplate } from "./wire.ts";
import { writeHeld } from "../write/write-held.ts";
import { oneTemplate, templateList } from "./wire.ts";

const TOKENS: readonly TemplateToken[] = FIELDS.map((field) => ({ ...field, type: "string", options: [] }));

/** The templates of an app. Throws `SystemUnavailable` where its developer is not let in. */
export async function readTemplates(
  { endpoints, calls }: Account,
  app: DeveloperAccess,
  signal: AbortSignal,
): Promise<readonly EventTemplate[]> {
  try {
    return (await calls.read(endpoints.templates(app), templateList, signal, [401, 403, 404])).body.results;
  } catch (error) {
    const status = answeredStatus(error);
    if (status === 401) throw sinkOut("developer_key_refused");
    throw status === null ? error : sinkOut("no_timeline");
  }
}

/** One template a kind, made or brought up to date; a token that somebody added stays. */
export async function setUpTemplates(
  account: Account,
  app: DeveloperAccess,
  gate: LeaseGate,
  signal: AbortSignal,
): Promise<SinkSetup> {
  const { endpoints, calls } = account;
  const known = await readTemplates(account, app, signal);
  const ids: Partial<Record<EngagementKind, string>> = {};
  const report: string[] = [];
  for (const kind of ENGAGEMENT_KINDS) {
    const name = KIND_LABELS[kind];
    const found = known.find((template) => template.name === name);
    const wanted = bodyOf(name, found);
    if (found === undefined) {
      const build = (permit: Permit) => endpoints.createTemplate(permit, app, wanted);
      ids[kind] = (await writeHeld(calls, gate, build, oneTemplate, signal)).body.id;
      report.push(`made “${name}”`);
      continue;
    }
    ids[kind] = found.id;
    if (isUpToDate(found, wanted)) report.push(`“${name}” is up to date`);
    else {
      const build = (permit: Permit) => endpoints.updateTemplate(permit, app, found.id, wanted);
      await writeHeld(calls, gate, build, oneTemplate, signal);
      report.push(`brought “${name}” up to date`);
    }
  }
  return { ids, report };
}

function bodyOf(name: string, found: EventTemplate | undefined): TemplateBody {
  const added = (found?.tokens ?? []).filter((token) => TOKENS.every((own) => own.name !== token.name));
  return {
    name,
    headerTemplate: HEADER_TEMPLATE,
    detailTemplate: DETAIL_TEMPLATE,
    tokens: [...TOKENS, ...added.map(asItWas)],
  };
}

function asItWas({
  name,
  label,
  type,
  options,
  objectPropertyName,
}: EventTemplate["tokens"][number]): TemplateToken {
  const property = objectPropertyName ? { objectPropertyName } : {};
  return { name, label: label ?? name, type, options: options ?? [], ...property };
}

function isUpToDate(found: EventTemplate, wanted: TemplateBody): boolean {
  return (
    found.headerTemplate === wanted.headerTemplate &&
    found.detailTemplate === wanted.detailTemplate &&
    wanted.tokens.every(({ name, label }) =>
      found.tokens.some((token) => token.name === name && token.label === label),
    )
  );
}
