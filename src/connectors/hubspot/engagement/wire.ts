import { z } from "zod";
import { vendorErrors } from "../wire/parse.ts";

const id = z.union([z.string().min(1), z.number().int()]).transform(String);
const text = z.string().nullish().catch(null);
const paging = z
  .object({ next: z.object({ after: id }).nullish() })
  .nullish()
  .catch(null);

const template = z.object({
  id,
  name: z.string(),
  headerTemplate: text,
  detailTemplate: text,
  tokens: z
    .array(
      z.object({
        name: z.string(),
        label: text,
        type: z.string(),
        options: z
          .array(z.object({ label: z.string(), value: z.string() }))
          .nullish()
          .catch(null),
        objectPropertyName: text,
      }),
    )
    .catch([]),
});
export type EventTemplate = z.infer<typeof template>;

export const templateList = z.object({ results: z.array(template) });
export const oneTemplate = template;

/** Which events of a batch were taken, and what was wrong with the others. */
export const eventsAnswer = z.object({ results: z.array(z.object({ id })), errors: vendorErrors });

const definition = z.object({
  fullyQualifiedName: z.string().min(1),
  name: z.string(),
  properties: z
    .array(z.object({ name: z.string() }))
    .nullish()
    .catch(null),
});
export type EventDefinition = z.infer<typeof definition>;

export const definitionList = z.object({ results: z.array(definition), paging });
export const oneDefinition = definition;

/** Notes with their texts. */
export const noteTexts = z.object({
  results: z.array(z.object({ id, properties: z.object({ hs_note_body: text, hs_timestamp: text }) })),
});

export const groupList = z.object({ results: z.array(z.object({ name: z.string() })) });
export const madeProperties = z.object({
  results: z.array(z.object({ name: z.string() })),
  errors: vendorErrors,
});

/** An answer that has no body, or none that is read. */
export const anything = z.unknown();
