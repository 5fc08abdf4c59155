import { createHash } from "node:crypto";
import type { Limit } from "../../model/watch/limit.ts";
import type {
  CollectionRef,
  ConsentRules,
  FieldRule,
  Identity,
  Mapping,
  ScopeRule,
  HubSpotConnection,
  InstalledApp,
} from "../../model/mapping.ts";
import { buildAlerts, buildChannels } from "./build-alerting.ts";
import { buildEngagement } from "./build-engagement.ts";
import { buildField } from "./build-field.ts";
import { secretRef } from "./secret-ref.ts";
import { companyField } from "../company-field.ts";
import { consentFields, consentRules } from "./consent-rules.ts";
import type { Path, Place } from "../diagnostics/diagnostic.ts";
import { durationMs } from "../schema/duration.ts";
import { quietTime } from "../schema/quiet-time.ts";
import { schedule } from "../schedule.ts";
import type { MappingFile, RuleEntry } from "../schema/schema.ts";

const DEFAULT_REVISION = "2026-07-15";

type PlaceOf = (path: Path, part: "key" | "value") => Place;

/** The mapping that a file without any error says, with every default filled in. */
export function buildMapping(file: MappingFile, place: PlaceOf): Mapping {
  const { hubspot, klaviyo } = file.connections;
  const fields = [
    ...file.fields.map((entry, index) =>
      buildField(entry, file.defaults, place(["fields", index], "key").line),
    ),
    ...(file.company_fields ?? []).map((entry, index) => {
      const field = { ...companyField(entry), direction: "to_klaviyo" } as const;
      return buildField(field, file.defaults, place(["company_fields", index], "key").line);
    }),
  ];
  fields.push(...consentFields(file, place));
  const rules = file.rules.map((entry, index) => scopeRule(entry, index, place));
  const identity: Identity = {
    emailChange: file.identity?.email_change ?? "relink",
    secondaryEmails: file.identity?.secondary_emails ?? "ignore",
  };
  const consent = consentRules(file, place);
  return {
    name: file.name,
    timezone: file.timezone ?? "UTC",
    hubspot: hubspotConnection(hubspot),
    klaviyo: {
      token: secretRef(klaviyo.token),
      tokenExpires: dayOf(klaviyo.token_expires),
      accountId: klaviyo.account_id ?? null,
      revision: klaviyo.revision ?? DEFAULT_REVISION,
      baseUrl: klaviyo.base_url === undefined ? null : new URL(klaviyo.base_url).origin,
    },
    rules,
    fields,
    identity,
    consent,
    engagement: file.engagement === undefined ? null : buildEngagement(file.engagement, place),
    schedule: {
      contacts: scheduled(file.schedule?.contacts ?? "every 15m"),
      reconcile: scheduled(file.schedule?.reconcile ?? "0 3 * * *"),
      consent: scheduled(file.schedule?.consent ?? "every 1m"),
      engagement: scheduled(file.schedule?.engagement ?? "every 5m"),
      quiet: (file.schedule?.quiet ?? []).map(quietTime),
    },
    limits: {
      creates: limit(file.limits?.creates_per_run ?? 500),
      updates: limit(file.limits?.updates_per_run ?? 20_000),
      removals: limit(file.limits?.removals_per_run ?? "5%"),
      clears: limit(file.limits?.clears_per_run ?? "2%"),
      unsubscribes: limit(file.limits?.unsubscribes_per_run ?? "0.5%"),
      subscribes: limit(file.limits?.subscribes_per_run ?? "1%"),
      errors: limit(file.limits?.errors_per_run ?? "10%"),
      approvalAbove: file.limits?.approval_above ?? null,
      apiShare: {
        hubspot: share(file.limits?.api_share?.hubspot ?? "60%"),
        klaviyo: share(file.limits?.api_share?.klaviyo ?? "60%"),
      },
    },
    retry: {
      attempts: file.retry?.attempts ?? 6,
      firstMs: milliseconds(file.retry?.first ?? "30s"),
      longestMs: milliseconds(file.retry?.max ?? "6h"),
    },
    privacy: {
      historyMs: milliseconds(file.privacy?.keep_history ?? "400d"),
      rawMs: milliseconds(file.privacy?.keep_raw_responses ?? "30d"),
      auditMs: file.privacy?.keep_audit === undefined ? null : milliseconds(file.privacy.keep_audit),
    },
    alerts: buildAlerts(file.alerts ?? []),
    channels: buildChannels(file.channels ?? {}),
    hash: mappingHash(fields, rules, identity, consent),
  };
}

function scopeRule(entry: RuleEntry, index: number, place: PlaceOf): ScopeRule {
  const refs = (
    kind: "list" | "segment",
    names: readonly (string | number)[],
    path: Path,
  ): readonly CollectionRef[] =>
    names.map((nameOrId, item) => {
      const { line, column } = place([...path, item], "value");
      return { kind, nameOrId: String(nameOrId), line, column };
    });
  return {
    id: entry.id,
    from: entry.from,
    collections: [
      ...refs("list", entry.match.lists ?? [], ["rules", index, "match", "lists"]),
      ...refs("segment", entry.match.segments ?? [], ["rules", index, "match", "segments"]),
    ],
    onEnter: entry.on_enter ?? "link_or_create",
    addToLists: refs("list", entry.add_to_klaviyo_lists ?? [], ["rules", index, "add_to_klaviyo_lists"]),
    subscribe: entry.subscribe ?? false,
    onLeave: entry.on_leave ?? "stop",
    line: place(["rules", index], "key").line,
  };
}

/**
 * SHA-256 of what decides values and scope. Where things stand in the file, and in which order, is not part of it; nor
 * are limits, schedules and connections, which a new version of the mapping would needlessly plan again.
 */
function mappingHash(
  fields: readonly FieldRule[],
  rules: readonly ScopeRule[],
  identity: Identity,
  consent: ConsentRules,
): string {
  const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();
  const refs = (list: readonly CollectionRef[]) =>
    sorted(list.map((ref) => JSON.stringify([ref.kind, ref.nameOrId])));
  const field = (rule: FieldRule) => [
    rule.key,
    rule.direction,
    rule.winner,
    rule.newest,
    rule.onEmpty,
    rule.onTargetEdit,
    rule.onInvalid,
    rule.merge,
    rule.options === null
      ? null
      : [rule.options.others, ...sorted(rule.options.pairs.map((pair) => JSON.stringify(pair)))],
    rule.transforms,
    rule.showsConsent ?? false,
  ];
  const scope = (rule: ScopeRule) => [
    rule.id,
    rule.from,
    rule.onEnter,
    rule.onLeave,
    rule.subscribe,
    refs(rule.collections),
    refs(rule.addToLists),
  ];
  const parts = [
    sorted(fields.map((rule) => JSON.stringify(field(rule)))),
    sorted(rules.map((rule) => JSON.stringify(scope(rule)))),
    [identity.emailChange, identity.secondaryEmails],
    [consent.hubspotOptOut, ...sorted(consent.unsubscribeFrom.map(({ nameOrId }) => nameOrId))],
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function scheduled(text: string): string {
  const read = schedule(text);
  if ("wrong" in read) throw new Error(`schedule ${text} must have been refused before`);
  return read.text;
}

function limit(written: string | number): Limit {
  return typeof written === "number" ? { count: written } : { share: share(written) };
}

function share(written: string): number {
  return Number(written.slice(0, -1)) / 100;
}

function milliseconds(written: string): number {
  const read = durationMs(written);
  if (read === null) throw new Error(`duration ${written} must have been refused before`);
  return read;
}

const DEFAULT_API_VERSION = "2026-03";

type Written = MappingFile["connections"]["hubspot"];

/** How HubSpot is reached and signed in to. With OAuth the token is the refresh token of an installed app. */
function hubspotConnection(written: Written): HubSpotConnection {
  const oauth = written.auth === "oauth";
  return {
    token: secretRef(oauth ? written.refresh_token : written.token),
    ...(oauth ? { oauth: installedApp(written) } : {}),
    tokenExpires: dayOf(written.token_expires),
    portalId: written.portal_id === undefined ? null : String(written.portal_id),
    apiVersion: written.api_version ?? DEFAULT_API_VERSION,
    baseUrl: written.base_url === undefined ? null : new URL(written.base_url).origin,
  };
}

function installedApp({ client_id, client_secret, app_id, developer_key, app_event }: Written): InstalledApp {
  if (client_id === undefined) throw new Error("an app without a client id must have been refused before");
  return {
    clientId: client_id,
    clientSecret: secretRef(client_secret),
    appId: app_id === undefined ? null : String(app_id),
    developerKey: developer_key === undefined ? null : secretRef(developer_key),
    eventType: app_event ?? null,
  };
}

function dayOf(written: string | undefined): Date | null {
  return written === undefined ? null : new Date(`${written}T00:00:00Z`);
}
