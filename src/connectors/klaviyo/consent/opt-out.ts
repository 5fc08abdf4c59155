import { chunks } from "../../../model/chunks.ts";
import type { UnreadableContact } from "../../../model/contact.ts";
import type { Operation, OptOut } from "../../../model/operation.ts";
import type { WriteResult } from "../../connector.ts";
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
 * list the second time would be of everything, so it never is. Rejects with `SystemUnavailable`.
 */
export async function optOutAll(
  settings: WriteSettings,
  operations: readonly OptOut[],
  results: Map<Operation, WriteResult>,
): Promise<void> {
  const byList = Map.groupBy(operations, ({ from }) => (from.kind === "list" ? from.list : null));
  for (const [list, group] of byList) {
    for (const some of chunks(group, LARGEST_BATCH)) {
      await optOutBatch(settings, list, some, results);
    }
  }
}

async function optOutBatch(
  settings: WriteSettings,
  list: string | null,
  batch: readonly OptOut[],
  results: Map<Operation, WriteResult>,
): Promise<void> {
  const { calls, client, gate, signal } = settings;
  let people: (Person & { readonly operation: OptOut })[] = [];
  /** Of an earlier attempt, which may have been done. */
  const tried = new Set<OptOut>();
  const prepare = async () => {
    for (const { operation } of people) tried.add(operation);
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
      else if (unread !== undefined) results.set(operation, { outcome: "refused", problem: unread.problem });
      // Nothing to leave any more.
      else results.set(operation, done(operation));
    }
    return people.length === 0 ? null : client.unsubscribe(admitted.permit, people, list);
  };
  const notSent = (): void => {
    for (const operation of batch)
      if (!results.has(operation)) results.set(operation, { outcome: "not_sent" });
  };
  try {
    const answer = await calls.write("bulk_unsubscribe_profiles", prepare, nothing, signal, {
      idempotent: list === null,
    });
    for (const operation of tried) results.set(operation, { outcome: "unknown" });
    notSent();
    if (answer !== null) for (const { operation } of people) results.set(operation, done(operation));
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    for (const operation of tried) results.set(operation, { outcome: "unknown" });
    notSent();
    for (const { operation, email } of people) {
      const refused = { outcome: "refused", problem: problemOfFailure(error, { email }) } as const;
      results.set(operation, error.ambiguous ? { outcome: "unknown" } : refused);
    }
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
