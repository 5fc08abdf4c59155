import type { Side } from "../model/side.ts";
import { SIDE_NAMES } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import type { PlannedOperation } from "../plan/planned.ts";

/** What is done, in words: `Update in Klaviyo`. */
export function actionWords(side: Side, kind: PlannedOperation["kind"]): string {
  const words: Readonly<Record<PlannedOperation["kind"], string>> = {
    create: "Create in",
    update: "Update in",
    add_to_list: "Add to a list in",
    remove_from_list: "Remove from a list in",
    opt_out: "Unsubscribe in",
    subscribe: "Request a subscription in",
    stamp: "Set the last activity in",
  };
  return `${words[kind]} ${SIDE_NAMES[side]}`;
}

/** Which email somebody opts out of, from the values of a journal entry. */
export function optOutWords({ kind, type, list }: Values): string {
  if (kind === "type") return `subscription type ${String(type)}`;
  return kind === "list" ? `list ${String(list)}` : "all email";
}
