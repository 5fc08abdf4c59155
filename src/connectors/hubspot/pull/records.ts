import { z } from "zod";
import { emailKey } from "../../../model/email.ts";
import type { BrokenRecord } from "../../unreadable-contact.ts";
import { textOfAny } from "../../unreadable-contact.ts";
import { id, instant, paging, vendorErrors } from "../wire/parse.ts";

/** Every value is text or null by the documentation; one of another kind is one unreadable field, not a lost page. */
const properties = z.record(z.string(), z.unknown());

/** One entry for every value that a property had, in no promised order; what cannot be read is no entry. */
const versions = z
  .array(z.object({ timestamp: instant, value: z.unknown() }).nullable().catch(null))
  .transform((all) => all.filter((each) => each !== null));

export const record = z.object({
  id,
  properties,
  propertiesWithHistory: z.record(z.string(), versions).nullish().catch(null),
  createdAt: instant,
  updatedAt: instant,
  objectWriteTraceId: z.string().optional().catch(undefined),
});
export type ContactRecord = z.infer<typeof record>;

/** Who somebody is must be certain: an email that is neither text nor empty is no missing email. */
const contactRecord = record.extend({
  properties: properties.and(z.object({ email: z.string().nullish() }).loose()),
});

/** For a refusal, who it is of and what it says is enough: times that cannot be read delay no opt-out. */
const NEVER = new Date(0).toISOString();
const timeless = contactRecord.extend({ createdAt: instant.catch(NEVER), updatedAt: instant.catch(NEVER) });

/** The records of an answer: one that cannot be read costs none of the others. */
export interface Records {
  readonly results: readonly ContactRecord[];
  readonly broken: readonly HubSpotBroken[];
}

export interface HubSpotBroken extends BrokenRecord {
  /** Ids that were merged into it. */
  readonly mergedIds: readonly string[];
}

export const NO_RECORDS: Records = { results: [], broken: [] };

/** A page of contacts. */
export const contactPage = z
  .object({ results: z.array(z.unknown()), paging })
  .transform((page) => ({ paging: page.paging, ...parted(page.results, contactRecord) }));

/** Hits of a search, of contacts or of companies. */
export const searchPage = z
  .object({ total: z.number().int(), results: z.array(z.unknown()) })
  .transform(({ total, results }) => ({ total, ...parted(results, contactRecord) }));

/** Hits of a search for people who opted out. */
export const optOutPage = z
  .object({ total: z.number().int(), results: z.array(z.unknown()) })
  .transform(({ total, results }) => ({ total, ...parted(results, timeless) }));

/** What a batch read found. What is missing is named in `errors`. */
export const readAnswer = z
  .object({ results: z.array(z.unknown()), errors: vendorErrors })
  .transform(({ results, errors }) => ({ errors, ...parted(results, contactRecord) }));

export type ReadAnswer = z.infer<typeof readAnswer>;

/** What a batch wrote. 2026-09 has no 207: errors may stand in a 200 or 201 as well. */
export const batchAnswer = z.object({ results: z.array(record), errors: vendorErrors });
export type BatchAnswer = z.infer<typeof batchAnswer>;

/** The ids of all records of a page that tell theirs, in the page's order being of no account. */
export function idsOf({ results, broken }: Records): readonly string[] {
  return [...results, ...broken].flatMap(({ id: each }) => each ?? []);
}

function parted(raw: readonly unknown[], schema: z.ZodType<ContactRecord>): Records {
  const results: ContactRecord[] = [];
  const broken: HubSpotBroken[] = [];
  for (const each of raw) {
    const parsed = schema.safeParse(each);
    if (parsed.success) results.push(parsed.data);
    else broken.push(brokenOf(each, parsed.error.issues[0]?.path ?? []));
  }
  return { results, broken };
}

const shape = z.object({ id, properties: properties.catch({}) });

function brokenOf(raw: unknown, path: readonly PropertyKey[]): HubSpotBroken {
  const told = shape.safeParse(raw);
  const shown = told.success ? told.data.properties : {};
  const { email, hs_merged_object_ids: merged } = shown;
  return {
    id: told.success ? told.data.id : null,
    email: typeof email === "string" ? emailKey(email) : null,
    mergedIds: typeof merged === "string" ? merged.split(";").filter((each) => each !== "") : [],
    part: path.map(String).join(".") || "record",
    value: textOfAny(
      path.reduce<unknown>((at, step) => (isObject(at) ? Reflect.get(at, step) : undefined), raw),
    ),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
