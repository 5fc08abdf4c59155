import type { ListMembership } from "../../../model/operation.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { WriteResult } from "../../connector.ts";
import { mayBeDone } from "../problems/failure-kinds.ts";
import { chunks } from "../../../model/chunks.ts";
import { BATCH } from "../contacts.ts";
import { CallFailed } from "../problems/failure.ts";
import { membershipChange } from "../wire/parse.ts";
import type { VendorError } from "../wire/parse.ts";
import { problemOf } from "../problems/problems.ts";
import type { Work } from "./write-work.ts";

type Changes = readonly ListMembership[];

/** Puts contacts on manual lists and takes them off, 100 a call. Doing it twice does no harm. */
export async function changeMembership(work: Work, changes: Changes): Promise<void> {
  const groups = new Map<string, ListMembership[]>();
  for (const change of changes) {
    const key = `${change.kind} ${change.list}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const waiting = [...groups.values()].flatMap((group) => chunks(group, BATCH));
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    waiting.push(...(await changePart(work, part)));
  }
}

async function changePart(
  { account, progress, gate, signal }: Work,
  wanted: Changes,
): Promise<readonly Changes[]> {
  const [first] = wanted;
  if (first === undefined) return [];
  const { endpoints } = account;
  const request = progress.request();
  let part = wanted;
  const prepare = async () => {
    const admitted = await gate.admit(wanted, "request");
    const still = new Set(admitted?.operations.map(({ traceId }) => traceId));
    part = wanted.filter(({ traceId }) => still.has(traceId));
    request.didNothing();
    if (admitted === null) return null;
    request.goes(part);
    const ids = [...new Set(part.map(({ id }) => id))];
    return first.kind === "add_to_list"
      ? endpoints.addMembers(admitted.permit, first.list, ids)
      : endpoints.removeMembers(admitted.permit, first.list, ids);
  };
  try {
    const answer = await account.calls.write(prepare, membershipChange, signal);
    if (answer === null) {
      request.didNothing();
      return [];
    }
    const missing = new Set(answer.body.recordIdsMissing);
    for (const change of part) progress.settle(change, missing.has(change.id) ? gone(change) : done(change));
    return [];
  } catch (error) {
    if (error instanceof SystemUnavailable) request.didNothing();
    if (!(error instanceof CallFailed)) throw error;
    const { failure } = error;
    if (failure.kind !== "answered" || mayBeDone(failure)) return [];
    request.didNothing();
    // What is wrong with the list is so for everybody; what is wrong with one id must not hold up the others.
    const aboutList = failure.status === 404 || failure.error.subCategory?.startsWith("ILS.") === true;
    if (part.length > 1 && !aboutList) {
      const middle = Math.ceil(part.length / 2);
      return [part.slice(0, middle), part.slice(middle)];
    }
    for (const change of part) progress.settle(change, refused(change, failure.status, failure.error));
    return [];
  }
}

function done({ id }: ListMembership): WriteResult {
  return { outcome: "done", id, stored: null, updatedAt: null, refused: [] };
}

/** HubSpot says of an id that it knows no such contact. Taking somebody off who is gone is done all the same. */
function gone(change: ListMembership): WriteResult {
  if (change.kind === "remove_from_list") return done(change);
  const error = { status: "error", category: "OBJECT_NOT_FOUND" };
  return {
    outcome: "gone",
    problem: problemOf({
      status: 404,
      error,
      about: "contact",
      property: null,
      subject: change.email,
      value: "",
      signInLost: false,
    }),
  };
}

function refused({ list }: ListMembership, status: number, error: VendorError): WriteResult {
  const problem = problemOf({
    status,
    error,
    about: "list",
    property: null,
    subject: list,
    value: "",
    signInLost: false,
  });
  return { outcome: "refused", problem };
}
