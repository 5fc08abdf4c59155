import { z } from "zod";

const links = z.object({ next: z.string().nullish() }).nullish();
const optional = z.string().nullish().catch(null);

/** A page of metrics; one that cannot be read is `null`. */
export const metricPage = z.object({
  data: z.array(
    z
      .object({
        id: z.string().min(1),
        attributes: z.object({
          name: z.string(),
          integration: z.object({ name: optional }).nullish().catch(null),
        }),
      })
      .nullable()
      .catch(null),
  ),
  links,
});

const one = z
  .object({ data: z.object({ id: z.string().min(1) }).nullish() })
  .nullish()
  .catch(null);

const event = z.object({
  id: z.string().min(1),
  attributes: z.object({
    datetime: z.string(),
    event_properties: z.record(z.string(), z.unknown()).nullish().catch(null),
  }),
  relationships: z.object({ profile: one }).nullish().catch(null),
});
export type EventResource = z.infer<typeof event>;

const included = z
  .object({
    type: z.string(),
    id: z.string(),
    attributes: z.object({ email: optional }).nullish().catch(null),
  })
  .nullable()
  .catch(null);

/** A page of events with their profiles; an event that cannot be read is `null`. */
export const eventPage = z.object({
  data: z.array(event.nullable().catch(null)),
  included: z.array(included).nullish().catch(null),
  links,
});
export type EventPage = z.infer<typeof eventPage>;

/** Counts by date; without groups there is one row. */
export const aggregateAnswer = z.object({
  data: z.object({
    attributes: z.object({
      dates: z.array(z.string()),
      data: z.array(z.object({ measurements: z.object({ count: z.array(z.number()) }) })),
    }),
  }),
});

/** Campaigns or flows, by their names. */
export const namedPage = z.object({
  data: z.array(z.object({ id: z.string(), attributes: z.object({ name: optional }).nullish().catch(null) })),
});
