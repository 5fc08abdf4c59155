import { chunks } from "../../../model/chunks.ts";
import type { UnreadableContact } from "../../../model/contact.ts";
import type { OptOut } from "../../../model/operation.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { WriteResult } from "../../connector.ts";
import type { WriteProgress } from "../../write-progress.ts";
import type { Call } from "../wire/put-together.ts";
import type { Person } from "../wire/consent-endpoints.ts";
import { contactsOf } from "../contacts.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { anyOf } from "../wire/filter.ts";
import { problemOfFailure } from "../problems/problems.ts";
import { nothing, profilePage } from "../wire/wire.ts";
import type { WriteSettings } from "../write/write-single.ts";

/** Klaviyo's limit for one unsubscribe call. */
const LARGEST_BATCH = 100;

/**
 * Unsubscribes people from all e-mail, or from one list. Klaviyo makes a profile of an address that it does not know and
 * unsubscribes anybody who is not on the named list from everything, so both are looked up right before each attempt: anybody who is
 * gone, or no longer on the list, is left alone. Of all e-mail twice is once, so it is repeated where no answer came; of a
 * list the second time would be of everything, so it never is. Rejects with `SystemUnavailable`, or `DoneBefore`.
 */
export async function optOutAll(
  settings: WriteSettings,
  operations: readonly OptOut[],
  progress: WriteProgress,
): Promise<void> {
  const byList = Map.groupBy(operations, ({ from }) => (from.kind === "list" ? from.list : null));
  for (const [list, group] of byList) {
    for (const some of chunks(group, LARGEST_BATCH)) {
      await optOutBatch(settings, list, some, progress);
    }
  }
}

async function optOutBatch(
  settings: WriteSettings,
  list: string | null,
  batch: readonly OptOut[],
  progress: WriteProgress,
): Promise<void> {
  const { calls, client, gate, signal } = settings;
  const request = progress.request();
  let people: (Person & { readonly operation: OptOut })[] = [];
  /** What an earlier attempt may have done stays unknown. */
  const settle = (operation: OptOut, result: WriteResult): void => {
    if (progress.resultOf(operation).outcome !== "unknown") progress.settle(operation, result);
  };
  const prepare = async () => {
    people = [];
    const admitted = await gate.admit(batch, "request");
    if (admitted === null) return null;
    const still = new Set(admitted.operations.map(({ traceId }) => traceId));
    const going = batch.filter(({ traceId }) => still.has(traceId));
    const { there, unreadable } = await whoIsThere(settings, list, going);
    for (const operation of going) {
      const { id } = operation;
      const email = there.get(id);
      // It is the person who refuses, whatever address their profile has by now.
      const unread = unreadable.find((one) => one.id === id || one.id === null);
      if (email !== undefined && email !== null) people.push({ operation, id, email });
      // They are there, perhaps, and under which address nobody can tell.
      else if (unread !== undefined) settle(operation, { outcome: "refused", problem: unread.problem });
      // Nothing to leave any more.
      else settle(operation, done(operation));
    }
    request.goes(people.map(({ operation }) => operation));
    return people.length === 0 ? null : client.unsubscribe(admitted.permit, people, list);
  };
  try {
    const answer = await calls.write("bulk_unsubscribe_profiles", prepare, nothing, signal, {
      idempotent: list === null,
    });
    if (answer !== null) for (const { operation } of people) progress.settle(operation, done(operation));
  } catch (error) {
    if (error instanceof SystemUnavailable) request.didNothing();
    if (!(error instanceof KlaviyoFailure)) throw error;
    if (error.ambiguous) return;
    for (const { operation, email } of people)
      progress.settle(operation, { outcome: "refused", problem: problemOfFailure(error, { email }) });
  }
}

function done({ id }: OptOut): WriteResult {
  return { outcome: "done", id, stored: null, updatedAt: null, refused: [] };
}

/** The address of each of these profiles, where it exists; of a list, where it is on it. */
async function whoIsThere(
  { calls, client, signal }: WriteSettings,
  list: string | null,
  batch: readonly OptOut[],
): Promise<{
  readonly there: ReadonlyMap<string, string | null>;
  readonly unreadable: readonly UnreadableContact[];
}> {
  const ids = batch.map(({ id }) => id);
  const call: Call =
    list === null
      ? client.profiles({ sort: "id", filter: anyOf("id", ids), cursor: null, predictions: false })
      : client.membersAmong(
          list,
          anyOf(
            "email",
            batch.map(({ email }) => email),
          ),
        );
  const { data } = await calls.read(call, profilePage, signal, [404]).catch((error: unknown) => {
    // A list that is gone has nobody on it.
    if (error instanceof KlaviyoFailure && error.status === 404) return { data: { data: [], broken: [] } };
    throw error;
  });
  const { contacts, unreadable } = contactsOf(data, [], calls.log, "times optional");
  return { there: new Map(contacts.map(({ id, email }) => [id, email])), unreadable };
}
