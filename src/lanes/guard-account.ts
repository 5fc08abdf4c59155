import type { Account } from "../connectors/connector.ts";
import type { Problem } from "../model/problem.ts";
import { SystemUnavailable } from "../model/problem.ts";
import type { Side } from "../model/side.ts";

/**
 * The account guard: another account than the expected one stops everything. `null` expects none.
 *
 * @throws SystemUnavailable with SK-ACCOUNT
 */
export function guardAccount(side: Side, account: Account, expected: string | null): void {
  if (expected === null || expected === account.id) return;
  const [system, kind] = side === "hubspot" ? ["HubSpot", "portal"] : ["Klaviyo", "account"];
  const problem: Problem = {
    code: "SK-ACCOUNT",
    level: "connection",
    side,
    field: null,
    title: `This key belongs to ${kind} ${account.id}, not ${expected}`,
    explanation: `The ${system} key opens ${account.name} (${account.id}), and this connection is for ${expected}. Nothing was read or written.`,
    fix: [
      `Use a key of ${system} ${kind} ${expected}, or give this connection another name and its own mapping file.`,
    ],
    retry: "never",
    reference: null,
  };
  throw new SystemUnavailable(side, problem, null);
}
