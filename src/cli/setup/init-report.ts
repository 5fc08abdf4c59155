import type { FirstMapping, WrittenMapping } from "../../mapping/first/first-mapping.ts";
import { FILL_IN } from "../../mapping/first/first-mapping.ts";
import { counted } from "../../model/count-words.ts";
import type { WrittenFile } from "./init-files.ts";

/** What `tandem init` did. The mapping is the last of the files. */
export interface Initialised {
  readonly files: readonly WrittenFile[];
  readonly first: FirstMapping;
  readonly mapping: WrittenMapping;
}

/** For scripts. */
export function initDocument({ files, first: { rule, country }, mapping }: Initialised) {
  return {
    files,
    fields: mapping.fields,
    suggested: mapping.suggested,
    rule: rule === null ? null : { from: rule.from, list: rule.collection.id, name: rule.collection.name },
    defaultCountry: country?.country ?? null,
  };
}

/** For people: what was written, what to look at, and what to do next. */
export function initSentences({ files, first: { rule }, mapping }: Initialised): string {
  const { fields, suggested } = mapping;
  const path = files.at(-1)?.path ?? "";
  const named = path === "config/mapping.yaml" ? "" : ` --config ${path}`;
  const who =
    rule === null
      ? `No list is clearly the one: write it where ${path} says ${FILL_IN}.`
      : `It keeps ${rule.collection.name} in step; read ${path} and see whether that is meant.`;
  const kept = files
    .filter(({ state }) => state === "kept")
    .map((file) =>
      file.path.endsWith(".json")
        ? `${file.path} was there already and is older or changed; renew it with: tandem schema > ${file.path}`
        : `${file.path} was there already and stays as it is.`,
    );
  return [
    `Wrote ${files.flatMap(({ path: each, state }) => (state === "written" ? [each] : [])).join(", ")}.`,
    `The mapping has ${counted(fields.length, "field")} and ${counted(suggested.length, "suggestion")}. ${who}`,
    ...kept,
    `Next: tandem check --remote${named}, then tandem plan${named}. Neither writes to an account.`,
    "",
  ].join("\n");
}
