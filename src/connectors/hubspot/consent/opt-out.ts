import type { OptOut } from "../../../model/operation.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import { CallFailed } from "../problems/failure.ts";
import { mayBeDone } from "../problems/failure-kinds.ts";
import { preferenceAnswer } from "../wire/parse.ts";
import { problemOf } from "../problems/problems.ts";
import type { Work } from "../write/write-work.ts";

/**
 * Opts an address out of one of the subscription types, or of all e-mail. Twice is once, so one that was never answered may
 * be sent again. HubSpot keeps it with the address, not with the contact. Nothing here, and nothing else in this folder,
 * can subscribe anybody. Rejects with `SystemUnavailable` where nothing was done.
 */
export async function optOut(
  { account: { endpoints, calls }, progress, gate, signal }: Work,
  operation: OptOut,
): Promise<void> {
  const { email, from, id } = operation;
  if (from.kind === "list") throw new Error("HubSpot has no lists to opt out of");
  const request = progress.request();
  const prepare = async () => {
    const admitted = await gate.admit([operation], "request");
    const [still] = admitted?.operations ?? [];
    request.didNothing();
    if (admitted === null || still === undefined) return null;
    const { permit } = admitted;
    request.goes([operation]);
    return from.kind === "all"
      ? endpoints.optOutOfAll(permit, still.email)
      : endpoints.optOutOf(permit, still.email, from.type);
  };
  try {
    const answer = await calls.write(prepare, preferenceAnswer, signal);
    if (answer === null) request.didNothing();
    else progress.settle(operation, { outcome: "done", id, stored: null, updatedAt: null, refused: [] });
  } catch (error) {
    if (error instanceof SystemUnavailable) request.didNothing();
    if (!(error instanceof CallFailed)) throw error;
    const { failure } = error;
    if (mayBeDone(failure) || failure.kind !== "answered") return;
    const problem = problemOf({
      status: failure.status,
      error: failure.error,
      about: "contact",
      property: null,
      subject: email,
      value: "",
      signInLost: false,
    });
    progress.settle(operation, { outcome: "refused", problem });
  }
}
