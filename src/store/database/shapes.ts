import { z } from "zod";
import type { Base } from "../../model/base.ts";
import type { Consent, ConsentKind, ConsentStatus, Verdict } from "../../model/consent.ts";
import type { EmailKey } from "../../model/email.ts";
import type { EditTimes } from "../../model/history/edit-time.ts";
import type { LostValue } from "../../model/history/lost-value.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import type { Problem } from "../../model/problem.ts";
import type { RejectedValues } from "../../model/rejected-value.ts";
import type { Channel, EngagementKind } from "../../model/engagement.ts";
import { ENGAGEMENT_KINDS } from "../../model/engagement.ts";
import type { LinkState } from "../../model/link.ts";
import type { Side } from "../../model/side.ts";
import type { Value, Values } from "../../model/value.ts";

/**
 * Shapes of what several tables keep, for the rows that statements answer with. A key that JSON of an earlier version may
 * lack has a default.
 */

export const SIDE: z.ZodType<Side> = z.enum(["hubspot", "klaviyo"]);

/** `both`: of the person, and of no side. */
export const SIDE_OR_BOTH: z.ZodType<Side | "both"> = z.enum(["hubspot", "klaviyo", "both"]);

export const LINK_STATE: z.ZodType<LinkState> = z.enum([
  "in_sync",
  "waiting",
  "failing",
  "excluded",
  "ignored",
]);

/** Only normalised addresses are stored as keys. */
export const EMAIL_KEY: z.ZodType<EmailKey> = z.custom<EmailKey>((value) => typeof value === "string");

export const VALUE: z.ZodType<Value> = z.union([z.string(), z.boolean(), z.null(), z.array(z.string())]);

export const VALUES: z.ZodType<Values> = z.record(z.string(), VALUE);

export const BASE: z.ZodType<Base> = z.record(
  z.string(),
  z.object({
    hubspot: VALUE,
    klaviyo: VALUE,
    settling: z.exactOptional(z.object({ hubspot: z.boolean(), klaviyo: z.boolean() })),
  }),
);

const CONSENT_STATUS: z.ZodType<ConsentStatus> = z.enum(["subscribed", "unsubscribed", "never_subscribed"]);

const SUPPRESSION = z.object({ reason: z.string(), at: z.string() });

export const CONSENT: z.ZodType<Consent> = z.object({
  status: CONSENT_STATUS,
  suppressions: z.array(SUPPRESSION).default([]),
  listSuppressions: z.array(SUPPRESSION.extend({ list: z.string() })).default([]),
  optedOutTypes: z.array(z.string()).default([]),
  sms: CONSENT_STATUS.nullable().default(null),
});

export const VERDICT: z.ZodType<Verdict> = z.enum(["by_choice", "by_fact", "none"]);

export const CONSENT_KIND: z.ZodType<ConsentKind> = z.enum([
  "opted_out",
  "opted_in",
  "first_opted_in",
  "reopened",
  "carried",
  "asked",
  "restored",
  "confirmed",
  "blocked",
  "erased",
  "allowed",
]);

export const ENGAGEMENT_KIND: z.ZodType<EngagementKind> = z.enum(ENGAGEMENT_KINDS);

export const CHANNEL: z.ZodType<Channel> = z.enum(["email", "sms"]);

export const PROBLEM: z.ZodType<Problem> = z.object({
  code: z.string(),
  level: z.enum(["connection", "mapping", "contact", "field"]),
  side: SIDE.nullable(),
  field: z.string().nullable().default(null),
  title: z.string(),
  explanation: z.string(),
  fix: z.array(z.string()),
  retry: z.enum(["soon", "on_change", "never"]),
  reference: z.string().nullable().default(null),
});

export const REJECTED_VALUES: z.ZodType<RejectedValues> = z.record(
  z.string(),
  z.object({ value: VALUE, problem: PROBLEM }),
);

export const EDIT_TIMES: z.ZodType<EditTimes> = z.record(
  z.string(),
  z.object({ after: z.string().nullable(), until: z.string(), skewMs: z.number() }),
);

export const LOST_VALUE: z.ZodType<LostValue> = z.object({
  kind: z.enum(["changed_on_both", "first_sync", "target_edited", "written_over"]),
  winner: SIDE,
  won: VALUE,
  lost: VALUE,
});

export const EXCEEDED_LIMIT: z.ZodType<ExceededLimit> = z.object({
  side: SIDE.nullable(),
  action: z.enum([
    "creates",
    "updates",
    "clears",
    "removals",
    "unsubscribes",
    "subscribes",
    "leavers",
    "deaths",
    "people",
    "repointed",
  ]),
  planned: z.number(),
  allowed: z.number(),
  collection: z.string().nullable().default(null),
  repointed: z.exactOptional(
    z.object({
      from: z.string(),
      to: z.string(),
      gone: z.boolean(),
      enters: z.number(),
      leaves: z.number(),
    }),
  ),
});
