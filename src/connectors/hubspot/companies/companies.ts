import { COMPANY_PREFIX } from "./company-definitions.ts";
import type { Problem } from "../../../model/problem.ts";
import type { Calls } from "../wire/calls.ts";
import { chunks } from "../../../model/chunks.ts";
import type { Endpoints } from "../wire/client.ts";
import type { CompanyDefinitions } from "./company-definitions.ts";
import { answeredStatus, CallFailed } from "../problems/failure.ts";
import { problemOf } from "../problems/problems.ts";
import { readAnswer } from "../pull/records.ts";
import type { ReadAnswer } from "../pull/records.ts";

/** A contact's primary company, kept by HubSpot itself and read-only (changelog of 24 January 2019). */
export const PRIMARY_COMPANY = "associatedcompanyid";

/** The company's own name of a property written `company.NAME`; null for one of the contact. */
export function companyProperty(property: string): string | null {
  return property.startsWith(COMPANY_PREFIX) ? property.slice(COMPANY_PREFIX.length) : null;
}

/** What a company has, by its own property names; or that it is no more. */
export type CompanyReading = Readonly<Record<string, unknown>> | "deleted";

/** The companies of one pull or one reading: each is read once, a hundred a request. */
export interface Companies {
  /** A company that is not in the answer could not be read: it may well exist. */
  read(
    ids: readonly string[],
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, CompanyReading>>;
  /** HubSpot will not show companies: from now on none is asked for. */
  refuse(error: unknown): void;
  /** Why HubSpot will not show them, where it said so. */
  problem(): Problem | null;
}

const BATCH = 100;
/** Enough for colleagues to meet in, and little to keep. */
const MOST_KEPT = 20_000;

export function companyReader(
  endpoints: Endpoints,
  calls: Calls,
  definitions: CompanyDefinitions,
): Companies {
  const known = new Map<string, CompanyReading>();
  let problem: Problem | null = null;

  async function readBatch(
    ids: readonly string[],
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const call = endpoints.companies(ids, [...new Set([...names, "hs_merged_object_ids"])], []);
    try {
      const { body } = await calls.read(call, readAnswer, signal, [400, 403, 404]);
      for (const { properties } of body.results) definitions.met(names, properties);
      for (const [id, reading] of readings(ids, body)) known.set(id, reading);
    } catch (error) {
      if (answeredStatus(error) === null) throw error;
      if (answeredStatus(error) === 403) problem = cannotRead(error);
      else for (const id of missing(ids, errorsOf(error))) known.set(id, "deleted");
    }
  }

  return {
    async read(ids, names, signal) {
      if (known.size > MOST_KEPT) known.clear();
      const wanted = [...new Set(ids)];
      // Something that is no id would have the whole batch refused.
      const unread = problem === null ? wanted.filter((id) => /^\d+$/.test(id) && !known.has(id)) : [];
      await Promise.all(chunks(unread, BATCH).map((part) => readBatch(part, names, signal)));
      return new Map(
        wanted.flatMap((id) => {
          const reading = known.get(id);
          return reading === undefined ? [] : [[id, reading]];
        }),
      );
    },
    refuse: (error) => void (problem = cannotRead(error)),
    problem: () => problem,
  };
}

/** By the asked-for ids. HubSpot shows the survivor of merged companies under its own. */
function readings(
  ids: readonly string[],
  { results, errors }: ReadAnswer,
): readonly (readonly [string, CompanyReading])[] {
  const wanted = new Set(ids);
  const found = results.flatMap(({ id, properties }) => {
    const merged = properties["hs_merged_object_ids"];
    return [id, ...(typeof merged === "string" ? merged.split(";") : [])]
      .filter((each) => wanted.has(each))
      .map((each) => [each, properties as CompanyReading] as const);
  });
  return [...missing(ids, errors ?? []).map((id) => [id, "deleted"] as const), ...found];
}

/** Which of them HubSpot says are not there. One that it merely leaves out may exist: it could not be read. */
function missing(ids: readonly string[], errors: NonNullable<ReadAnswer["errors"]>): readonly string[] {
  const named = errors
    .filter(({ category }) => category === "OBJECT_NOT_FOUND")
    .flatMap(({ context }) => context?.["ids"] ?? []);
  return ids.filter((id) => named.includes(id));
}

function errorsOf(error: unknown): NonNullable<ReadAnswer["errors"]> {
  return error instanceof CallFailed && error.failure.kind === "answered" ? [error.failure.error] : [];
}

function cannotRead(error: unknown): Problem {
  const [refused = null] = errorsOf(error);
  const problem = problemOf({
    status: 403,
    error: refused,
    about: "account",
    property: null,
    subject: "",
    value: "",
    signInLost: false,
  });
  return {
    ...problem,
    level: "mapping",
    explanation: `${problem.explanation} Company fields are off for everyone until that is mended; nothing is emptied, and the other fields keep syncing.`,
    fix: [...problem.fix, "Or delete `company_fields` from the mapping file."],
  };
}
