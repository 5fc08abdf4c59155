import type { FirstMapping, WrittenMapping } from "../../mapping/first/first-mapping.ts";
import { FILL_IN } from "../../mapping/first/first-mapping.ts";
import { counted } from "../../model/count-words.ts";
import type { FirstRule } from "../../mapping/first/first-rule.ts";
import type { WrittenFile } from "./init-files.ts";

/** What `tandem init` did. The mapping is the last of the files. */
export interface Initialised {
  readonly files: readonly WrittenFile[];
  readonly first: FirstMapping;
  readonly mapping: WrittenMapping;
}

/** For scripts. */
export function initDocument({ files, first: { rule, bothWays, returning, country }, mapping }: Initialised) {
  return {
    files,
    fields: mapping.fields,
    suggested: mapping.suggested,
    rule: ruleDocument(rule),
    bothWays,
    returnRule: ruleDocument(returning),
    defaultCountry: country?.country ?? null,
  };
}

function ruleDocument(rule: FirstRule | null) {
  return rule === null ? null : { from: rule.from, list: rule.collection.id, name: rule.collection.name };
}

/** For people: what was written, what to look at, and what to do next. */
export function initSentences({ files, first: { rule, bothWays, returning }, mapping }: Initialised): string {
  const { fields, suggested } = mapping;
  const path = files.at(-1)?.path ?? "";
  const named = path === "config/mapping.yaml" ? "" : ` --config ${path}`;
  const who =
    rule === null
      ? `No HubSpot list fits best: name yours where ${path} says ${FILL_IN}.`
      : `It syncs the HubSpot list ${rule.collection.name}.`;
  const ways = !bothWays
    ? "It syncs one way: edits in Klaviyo stay there."
    : returning === null
      ? `Edits in Klaviyo don't sync to HubSpot yet: name a Klaviyo list or segment where ${path} says ${FILL_IN}.`
      : `Edits in Klaviyo sync to HubSpot for people in ${returning.collection.name}.`;
  const kept = files
    .filter(({ state }) => state === "kept")
    .map((file) =>
      file.path.endsWith(".json")
        ? `${file.path} was there already and is older or changed; renew it with: tandem schema > ${file.path}`
        : `${file.path} was there already and stays as it is.`,
    );
  return [
    `Wrote ${files.flatMap(({ path: each, state }) => (state === "written" ? [each] : [])).join(", ")}.`,
    `The mapping has ${counted(fields.length, "field")} and ${counted(suggested.length, "suggestion")}. ${who} ${ways} Read ${path} before the first sync.`,
    ...kept,
    `Next: tandem check --remote${named}, then tandem plan${named}. Neither writes to an account.`,
    "",
  ].join("\n");
}
