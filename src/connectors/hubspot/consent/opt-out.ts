import type { OptOut } from "../../../model/operation.ts";
import type { WriteGate } from "../../permit.ts";
import type { WriteResult } from "../../connector.ts";
import type { Account } from "../contacts.ts";
import { CallFailed } from "../problems/failure.ts";
import { mayBeDone } from "../problems/failure-kinds.ts";
import { preferenceAnswer } from "../wire/parse.ts";
import { problemOf } from "../problems/problems.ts";

/**
 * Opts an address out of one of the subscription types, or of all e-mail. Twice is once, so one that was never answered may
 * be sent again. HubSpot keeps it with the address, not with the contact. Nothing here, and nothing else in this folder,
 * can subscribe anybody. Rejects with `SystemUnavailable`.
 */
export async function optOut(
  { endpoints, calls }: Account,
  operation: OptOut,
  gate: WriteGate,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { email, from, id } = operation;
  if (from.kind === "list") throw new Error("HubSpot has no lists to opt out of");
  const prepare = async () => {
    const admitted = await gate.admit([operation], "request");
    const [still] = admitted?.operations ?? [];
    if (admitted === null || still === undefined) return null;
    const { permit } = admitted;
    return from.kind === "all"
      ? endpoints.optOutOfAll(permit, still.email)
      : endpoints.optOutOf(permit, still.email, from.type);
  };
  try {
    if ((await calls.write(prepare, preferenceAnswer, signal)) === null) return { outcome: "not_sent" };
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
