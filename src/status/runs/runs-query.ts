import { z } from "zod";
import type { RunsQuery } from "../../store/runs/run-list.ts";
import { ALL_RUNS } from "../../store/runs/run-list.ts";
import { addressOf, given, ownWord, pageNumber, within } from "../parts/query-parts.ts";
import { RESULTS } from "../../words/state-words.ts";

const RESULT_WORDS = ["running", "finished", "finished_with_errors", "held", "stopped"] as const;

/** How far back the chart goes. */
export const SPANS = ["day", "week", "month"] as const;
export type Span = (typeof SPANS)[number];

/** The list's question, and how far the chart goes back. */
export interface RunsRequest {
  readonly query: RunsQuery;
  readonly span: Span;
}

const parameters = z
  .object({
    kind: given(ownWord),
    result: given(z.enum(RESULT_WORDS, `one of ${Object.keys(RESULTS).join(", ")}`)),
    trigger: given(
      z
        .string("give it once")
        .max(200)
        .regex(/^\P{Cc}*$/u, "no control characters"),
    ),
    within: given(within),
    span: given(within),
    page: given(pageNumber),
  })
  .transform(({ kind, result, trigger, within: since, span, page }): RunsRequest => ({
    query: {
      kind: kind ?? null,
      result: result ?? null,
      trigger: trigger ?? null,
      within: since ?? null,
      page: page ?? 1,
    },
    span: span ?? "day",
  }));

/** Reads the parameters of the address; those of other names are nobody's. */
export function runsRequest(query: unknown): z.ZodSafeParseResult<RunsRequest> {
  return parameters.safeParse(query);
}

/** The address of this list: only what is not as usual is in it. */
export function runsAddress({ query, span }: { query: Partial<RunsQuery>; span?: Span }): string {
  const { kind, result, trigger, within: since, page } = { ...ALL_RUNS, ...query };
  return addressOf("/runs", {
    kind,
    result,
    trigger,
    within: since,
    span: span === "day" ? null : span,
    page: page > 1 ? page : null,
  });
}
