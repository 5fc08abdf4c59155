import { z } from "zod";

/** The door: what HubSpot sends is unknown until it has passed one of these. They name only what is read. */

/** Ids are numeric text today and were numbers in older payloads. */
const id = z.union([z.string().min(1), z.number().int()]).transform(String);

/** An instant as ISO in UTC with milliseconds; HubSpot also writes epoch milliseconds in text for computed ones. */
const instant = z.union([z.string(), z.number()]).transform((raw, context) => {
  const at = new Date(typeof raw === "string" && /^\d{10,15}$/.test(raw) ? Number(raw) : raw);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  context.addIssue({ code: "custom", message: "not an instant" });
  return z.NEVER;
});

/** Every value is text or null by the documentation; one of another kind is one unreadable field, not a lost page. */
const properties = z.record(z.string(), z.unknown());

/** One entry for every value that a property had, in no promised order; what cannot be read is no entry. */
const versions = z
  .array(z.object({ timestamp: instant, value: z.unknown() }).nullable().catch(null))
  .transform((all) => all.filter((each) => each !== null));

const record = z.object({
  id,
  properties,
  propertiesWithHistory: z.record(z.string(), versions).nullish().catch(null),
  createdAt: instant,
  updatedAt: instant,
  objectWriteTraceId: z.string().optional().catch(undefined),
});
export type ContactRecord = z.infer<typeof record>;

const paging = z.object({ next: z.object({ after: id }).nullish() }).nullish();

export const contactPage = z.object({ results: z.array(record), paging });

export const searchPage = z.object({ total: z.number().int(), results: z.array(record) });

export const memberPage = z.object({
  results: z.array(z.object({ recordId: id, membershipTimestamp: instant })),
  paging,
});

const list = z.object({
  listId: id,
  name: z.string(),
  objectTypeId: z.string(),
  processingType: z.string(),
  processingStatus: z.string().nullish().catch(null),
  size: z.number().int().nonnegative().nullish(),
  additionalProperties: z.record(z.string(), z.unknown()).nullish(),
});
export type ListRecord = z.infer<typeof list>;

export const oneList = z.object({ list });
export const manyLists = z.object({ lists: z.array(list) });
export const listSearchPage = z.object({
  lists: z.array(list),
  hasMore: z.boolean(),
  offset: z.number().int().nonnegative(),
});

/** `recordsIdsAdded` is HubSpot's own spelling, in every version of its specification. */
export const membershipChange = z.object({
  recordsIdsAdded: z.array(id).nullish(),
  recordIdsRemoved: z.array(id).nullish(),
  recordIdsMissing: z.array(id).nullish(),
});

const property = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  fieldType: z.string(),
  options: z.array(z.object({ value: z.string() })).nullish(),
  calculated: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  externalOptions: z.boolean().nullish(),
  modificationMetadata: z.object({ readOnlyValue: z.boolean() }).nullish(),
});
export type PropertyRecord = z.infer<typeof property>;

export const propertyList = z.object({ results: z.array(property) });

export const accountDetails = z.object({
  portalId: id,
  accountType: z.string().catch("STANDARD"),
  timeZone: z.string().nullish().catch(null),
  uiDomain: z.string().regex(/^[a-z0-9.-]+$/i),
});

/** "Should all be treated as optional", says HubSpot of its own error body. */
const texts = z.array(z.unknown().transform(String));
const context = z.record(z.string(), texts).optional().catch(undefined);
const optionalText = z.string().optional().catch(undefined);

const innerError = z.object({ message: optionalText, code: optionalText, context });

const vendorError = z.object({
  status: z.unknown(),
  message: optionalText,
  category: optionalText,
  subCategory: optionalText,
  correlationId: optionalText,
  errorType: optionalText,
  policyName: optionalText,
  context,
  errors: z.array(innerError).optional().catch(undefined),
});
export type VendorError = z.infer<typeof vendorError>;

export const vendorErrors = z.array(vendorError).nullish();

/** A batch's answer. 2026-09 has no 207: errors may stand in a 200 or 201 as well. */
export const batchAnswer = z.object({ results: z.array(record), errors: vendorErrors });
export type BatchAnswer = z.infer<typeof batchAnswer>;

/** The state of a kind of e-mail for one address, after it was set. */
export const preferenceAnswer = z.unknown();

/** Companies with when each asked-for property got the values it had. */
export const companyHistories = z.object({
  results: z.array(
    z.object({
      id,
      propertiesWithHistory: z.record(z.string(), z.array(z.object({ timestamp: instant }))).catch({}),
    }),
  ),
});

/** Who belongs to whom: of each record, those it belongs to, and where to go on where they are many. */
export const associationPage = z.object({
  results: z.array(
    z.object({
      from: z.object({ id }),
      to: z.array(
        z.object({
          toObjectId: id,
          associationTypes: z.array(z.object({ category: z.string(), typeId: z.number() })),
        }),
      ),
      paging,
    }),
  ),
});

/** The body of a refusal, or null where it is not HubSpot speaking: a proxy's page, an empty body. */
export function readVendorError(text: string): VendorError | null {
  const parsed = vendorError.safeParse(readJson(text));
  if (!parsed.success) return null;
  const { message, category, errorType, policyName, status } = parsed.data;
  const speaks = [message, category, errorType, policyName].some((part) => part !== undefined);
  return speaks || status === "error" ? parsed.data : null;
}

/** JSON, or undefined where it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
