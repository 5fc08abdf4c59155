import { z } from "zod";

/** What HubSpot sends is unknown until it has passed one of these. They name only what is read. */

/** Ids are numeric text today and were numbers in older payloads. */
export const id = z.union([z.string().min(1), z.number().int()]).transform(String);

/** An instant as ISO in UTC with milliseconds; HubSpot also writes epoch milliseconds in text for computed ones. */
export const instant = z.union([z.string(), z.number()]).transform((raw, context) => {
  const at = new Date(typeof raw === "string" && /^\d{10,15}$/.test(raw) ? Number(raw) : raw);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  context.addIssue({ code: "custom", message: "not an instant" });
  return z.NEVER;
});

export const paging = z.object({ next: z.object({ after: id }).nullish() }).nullish();

const member = z.object({ recordId: id, membershipTimestamp: instant });

/** A page of a list's members; `unread` counts those whose id or time could not be read. */
export const memberPage = z
  .object({ results: z.array(member.nullable().catch(null)), paging })
  .transform((page) => {
    const results = page.results.filter((each) => each !== null);
    return { results, paging: page.paging, unread: page.results.length - results.length };
  });

const list = z.object({
  listId: id,
  name: z.string(),
  objectTypeId: z.string(),
  processingType: z.string(),
  processingStatus: z.string().nullish().catch(null),
  size: z.number().int().nonnegative().nullish().catch(null),
  additionalProperties: z.record(z.string(), z.unknown()).nullish().catch(null),
});
export type ListRecord = z.infer<typeof list>;

export const oneList = z.object({ list });
/** Lists as far as they can be read; one that cannot is asked for by itself, or left out. */
const lists = z.array(list.nullable().catch(null)).transform((all) => all.filter((each) => each !== null));

export const manyLists = z.object({ lists });
export const listSearchPage = z.object({
  lists,
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
  options: z
    .array(z.object({ value: z.string() }))
    .nullish()
    .catch(null),
  calculated: z.boolean().nullish(),
  archived: z.boolean().nullish(),
  externalOptions: z.boolean().nullish(),
  modificationMetadata: z.object({ readOnlyValue: z.boolean() }).nullish(),
});
export type PropertyRecord = z.infer<typeof property>;

/** A property whose definition cannot be read cannot be mapped; the others can. */
export const propertyList = z.object({
  results: z.array(property.nullable().catch(null)).transform((all) => all.filter((each) => each !== null)),
});

export const accountDetails = z.object({
  portalId: id,
  accountType: z.string().catch("STANDARD"),
  timeZone: z.string().nullish().catch(null),
  uiDomain: z.string().regex(/^[a-z0-9.-]+$/i),
});

/** "Should all be treated as optional", says HubSpot about its error body. */
const texts = z.array(z.unknown().transform(String));
const context = z.record(z.string(), texts).optional().catch(undefined);
const optionalText = z.string().optional().catch(undefined);

const innerError = z.object({ message: optionalText, code: optionalText, context });

const vendorError = z.object({
  status: z.unknown().optional(),
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

/** The state of a kind of e-mail for one address, after it was set. */
export const preferenceAnswer = z.unknown();

/** Companies with when each asked-for property got the values it had. */
export const companyHistories = z.object({
  results: z
    .array(
      z
        .object({
          id,
          propertiesWithHistory: z.record(z.string(), z.array(z.object({ timestamp: instant }))).catch({}),
        })
        .nullable()
        .catch(null),
    )
    .transform((all) => all.filter((each) => each !== null)),
});

/** Who belongs to whom: of each record, those it belongs to, and where to continue where they are many. */
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
