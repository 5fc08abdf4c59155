import { z } from "zod";
import type { BrokenRecord } from "../../unreadable-contact.ts";
import { textOfAny } from "../../unreadable-contact.ts";

/** The answers of Klaviyo, naming only what is read. Whatever else is in them may come, change and go. */

const attributes = z.record(z.string(), z.unknown());

/** A profile whose attributes are read one by one, so that one of a wrong type spoils no other. */
export const profileResource = z.object({ id: z.string().min(1), attributes });
export type ProfileResource = z.infer<typeof profileResource>;

const links = z.object({ next: z.string().nullish() }).nullish();

/** A page of profiles. One that is no profile at all costs none of the others. */
export const profilePage = z
  .object({ data: z.array(z.unknown()), links })
  .transform(({ data, links: behind }) => {
    const rows = data.map((row) => ({ row, parsed: profileResource.safeParse(row) }));
    return {
      data: rows.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : [])),
      broken: rows.flatMap(({ row, parsed }) => (parsed.success ? [] : [brokenProfile(row)])),
      links: behind,
    };
  });
export type ProfileRows = Pick<z.infer<typeof profilePage>, "data" | "broken">;

const named = z.object({ id: z.string().min(1) });

function brokenProfile(row: unknown): BrokenRecord {
  const told = named.safeParse(row);
  const part = told.success ? "attributes" : "id";
  const value = typeof row === "object" && row !== null ? (Reflect.get(row, part) as unknown) : row;
  return { id: told.success ? told.data.id : null, email: null, part, value: textOfAny(value) };
}

export const profileAnswer = z.object({ data: profileResource });

/** A page of ids; `null` for a row that does not tell its own. */
export const idPage = z.object({ data: z.array(named.nullable().catch(null)), links });

const group = z.object({
  id: z.string().min(1),
  attributes: z.object({
    name: z.string().catch(""),
    opt_in_process: z.string().nullish().catch(null),
  }),
});

/** Lists or segments, as far as they can be read. */
export const groupPage = z.object({
  data: z.array(group.nullable().catch(null)).transform((all) => all.filter((each) => each !== null)),
  links,
});

export const groupAnswer = z.object({
  data: z.object({
    id: z.string(),
    attributes: z.object({
      profile_count: z.number().int().nonnegative().nullish().catch(null),
      is_active: z.boolean().nullish().catch(null),
      is_processing: z.boolean().nullish().catch(null),
    }),
  }),
});

/** A list with the flows that joining it starts. */
export const listWithFlows = z.object({
  included: z
    .array(
      z.object({
        type: z.string(),
        id: z.string(),
        attributes: z
          .object({
            name: z.string().nullish().catch(null),
            status: z.string().nullish().catch(null),
            archived: z.boolean().nullish().catch(null),
          })
          .nullish()
          .catch(null),
      }),
    )
    .nullish(),
});

export const accountPage = z.object({
  data: z
    .array(
      z.object({
        id: z.string().min(1),
        attributes: z.object({
          timezone: z.string().nullish().catch(null),
          contact_information: z
            .object({ organization_name: z.string().nullish().catch(null) })
            .nullish()
            .catch(null),
        }),
      }),
    )
    .min(1),
});

const importJob = z.object({
  id: z.string().min(1),
  attributes: z.object({
    status: z.string(),
    failed_count: z.number().int().nonnegative().nullish().catch(null),
    total_count: z.number().int().nonnegative().nullish().catch(null),
    created_at: z.string().nullish().catch(null),
    expires_at: z.string().nullish().catch(null),
  }),
});

export const importJobAnswer = z.object({ data: importJob });

/** The newest first. */
export const importJobPage = z.object({ data: z.array(importJob), links });

const errorText = z.string().optional().catch(undefined);

export const importErrorPage = z.object({
  data: z.array(
    z.object({
      id: errorText,
      attributes: z.object({
        code: errorText,
        title: errorText,
        detail: errorText,
        source: z.object({ pointer: errorText }).nullish().catch(null),
        /** Its shape is not documented: a whole resource, or its attributes alone. */
        original_payload: z.unknown(),
      }),
    }),
  ),
  links,
});
export type ImportError = z.infer<typeof importErrorPage>["data"][number];

/** An answer that has no body. */
export const nothing = z.unknown();

const suppression = z.object({ reason: z.string(), timestamp: z.string() });
const suppressions = z
  .array(suppression)
  .nullish()
  .transform((entries) => entries ?? []);

/** Of `subscriptions`, what is said of e-mail and text messages. */
export const profileConsent = z.object({
  email: z.object({
    marketing: z.object({
      consent: z.string(),
      suppression: suppressions,
      list_suppressions: z
        .array(suppression.extend({ list_id: z.string() }))
        .nullish()
        .transform((entries) => entries ?? []),
    }),
  }),
  sms: z
    .object({ marketing: z.object({ consent: z.string() }).nullish() })
    .nullish()
    .catch(null),
});
