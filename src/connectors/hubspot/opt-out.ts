import type { OptOut } from "../../model/operation.ts";
import type { WriteResult } from "../connector.ts";
import type { Account } from "./contacts.ts";
import { CallFailed } from "./failure.ts";
import { mayBeDone } from "./calls.ts";
import { preferenceAnswer } from "./parse.ts";
import { problemOf } from "./problems.ts";

/**
 * Opts an address out of one of the subscription types, or of all e-mail. Twice is once, so one that was never answered may
 * be sent again. HubSpot keeps it with the address, not with the contact. Nothing here, and nothing else in this folder,
 * can subscribe anybody. Rejects with `SystemUnavailable`.
 */
export async function optOut(
  { endpoints, calls }: Account,
  operation: OptOut,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { email, from, id } = operation;
  if (from.kind === "list") throw new Error("HubSpot has no lists to opt out of");
  const call = from.kind === "all" ? endpoints.optOutOfAll(email) : endpoints.optOutOf(email, from.type);
  try {
    await calls.write(call, preferenceAnswer, signal);
    return { outcome: "done", id, stored: null, updatedAt: null, refused: [] };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const { failure } = error;
    if (mayBeDone(failure) || failure.kind !== "answered") return { outcome: "unknown" };
    const problem = problemOf({
      status: failure.status,
      error: failure.error,
      about: "contact",
      property: null,
      subject: email,
      value: "",
      signInLost: false,
    });
    return { outcome: "refused", problem };
  }
}
