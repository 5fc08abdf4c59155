import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { Passing } from "./vendor-gate.ts";

/**
 * The addresses of contacts that a request asks to make although the vendor has them. Both vendors would mostly refuse,
 * but Klaviyo's imports would write over anybody who is there: nobody may be asked for again without having been looked up.
 */
export function resentCreates(rehearsal: Rehearsal, { path, body }: Passing): readonly string[] {
  if (/\/contacts(\/batch\/create)?$/.test(path))
    return createdIn(body).filter(
      (email) => rehearsal.hubspot.sandbox.state.contacts.byEmail(email) !== undefined,
    );
  if (/\/(profiles|profile-bulk-import-jobs)\/?$/.test(path))
    return createdIn(body).filter((email) => rehearsal.klaviyo.sandbox.profile(email) !== null);
  return [];
}

/** Every address in a body that stands in an object without an id, or in the attributes of one. */
function createdIn(body: string): readonly string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if ("id" in node && node.id !== undefined) return;
    if ("email" in node && typeof node.email === "string") found.push(node.email.toLowerCase());
    for (const inner of Object.values(node)) visit(inner);
  };
  visit(JSON.parse(body));
  return found;
}
