import type { Account, Connector, Schema } from "../../connectors/connector.ts";
import { guardAccount } from "../../lanes/guard-account.ts";
import { WHERE_TO_ADD } from "../../mapping/accounts/check-access.ts";
import type { Mapping } from "../../model/mapping.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { skewFinding } from "./doctor-database.ts";
import type { Finding } from "./doctor-finding.ts";
import { failure, fromProblem, ok } from "./doctor-finding.ts";
import { EXIT } from "../exit-code.ts";

/** Result of a question: an answer, or why there is none. */
export type Answer<T> = { readonly value: T } | { readonly refused: SystemUnavailable };

/** Asks, whatever the questions before it came to. */
export async function ask<T>(question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await question() };
  } catch (error) {
    if (error instanceof SystemUnavailable) return { refused: error };
    throw error;
  }
}

/** One side, and what it has of what the mapping names; `null` where it did not tell. */
export interface CheckedSide {
  readonly findings: readonly Finding[];
  readonly schema: Schema | null;
}

/** Whose key it is, which scopes it lacks, how its clock goes, and what there is. Reads only; every question is asked. */
export async function askSide(
  connector: Connector,
  mapping: Mapping,
  signal: AbortSignal,
): Promise<CheckedSide> {
  const { side } = connector;
  // Together: of a side that is out, each question waits for the same long while.
  const [account, scopes, schema] = await Promise.all([
    ask(() => connector.account(signal)),
    ask(() => connector.missingScopes(signal)),
    ask(() => connector.discover(signal)),
  ]);
  const skew = skewFinding(`${side}.clock`, `${SIDE_NAMES[side]}'s clock`, connector.skewMs());
  const findings = [
    "value" in account
      ? accountFinding(side, account.value, expected(mapping, side))
      : fromProblem(`${side}.account`, account.refused.problem),
    ...("value" in scopes ? scopesFindings(side, scopes.value) : notTold(`${side}.scopes`, scopes, account)),
    ...("value" in schema ? [] : notTold(`${side}.schema`, schema, account)),
    ...(skew === null ? [] : [skew]),
  ];
  return { findings, schema: "value" in schema ? schema.value : null };
}

function expected({ hubspot, klaviyo }: Mapping, side: Side): string | null {
  return side === "hubspot" ? hubspot.portalId : klaviyo.accountId;
}

export function accountFinding(side: Side, account: Account, wanted: string | null): Finding {
  const what = `${side}.account`;
  const { id, name, timeZone } = account;
  try {
    guardAccount(side, account, wanted);
  } catch (error) {
    if (error instanceof SystemUnavailable) return fromProblem(what, error.problem);
    throw error;
  }
  const whose = wanted === null ? "the mapping names none" : "as the mapping says";
  const zone = timeZone === null ? "" : `, time zone ${timeZone}`;
  return ok(what, `${SIDE_NAMES[side]}: "${name}" ${id} (${whose})${zone}`);
}

function scopesFindings(side: Side, missing: readonly string[]): readonly Finding[] {
  const what = `${side}.scopes`;
  if (missing.length === 0) return [ok(what, `${SIDE_NAMES[side]} key: every scope that reading needs`)];
  return missing.map((scope) =>
    failure(
      what,
      EXIT.credentials,
      `The ${SIDE_NAMES[side]} key lacks the scope ${scope}`,
      WHERE_TO_ADD[side](scope),
    ),
  );
}

/** What the first question was refused for is not told again. */
function notTold(
  what: string,
  { refused }: { readonly refused: SystemUnavailable },
  first: Answer<unknown>,
): readonly Finding[] {
  const again = "refused" in first && first.refused.problem.code === refused.problem.code;
  return again ? [] : [fromProblem(what, refused.problem)];
}
