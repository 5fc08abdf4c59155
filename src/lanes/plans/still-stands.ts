import type { KnownLink } from "../../model/link.ts";
import { sameValue } from "../../model/value.ts";
import type { PlannedOperation } from "../../plan/planned.ts";

/** Does the side show what the operation would make of it? */
export function isSoAlready(known: KnownLink, operation: PlannedOperation): boolean {
  const { link, subscribeRequested: askedFor } = known;
  const seen = known.sightings[operation.side];
  switch (operation.kind) {
    case "create":
    case "update":
      if (seen === null) return false;
      return Object.entries(operation.fields).every(([field, value]) =>
        sameValue(seen.fields[field] ?? null, value),
      );
    case "add_to_list":
      return link.lists.includes(operation.list);
    case "remove_from_list":
      return !link.lists.includes(operation.list);
    case "subscribe":
      return askedFor.includes(operation.list);
    case "opt_out":
    case "stamp":
      return false;
  }
}
