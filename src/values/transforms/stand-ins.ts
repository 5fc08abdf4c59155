import { z } from "zod";
import { FIELD_TYPES } from "../../model/value.ts";
import { wrong } from "../wrong.ts";
import { valueFromText } from "../value-from-text.ts";
import type { StepOf } from "./row.ts";
import { row } from "./row.ts";

const scalarWords = wrong("must be a text, a number, `true` or `false`", "put quotes around text");
const scalar = z.union([z.string().regex(/\S/, { error: scalarWords }), z.number(), z.boolean()], {
  error: scalarWords,
});

function valueOf(written: z.infer<typeof scalar>): Pick<StepOf<"constant">, "value" | "type"> {
  const type = typeof written === "string" ? "text" : typeof written === "number" ? "number" : "boolean";
  return { type, value: valueFromText(written, type) ?? String(written) };
}

export const ifEmpty = row<"default", typeof scalar>({
  schema: scalar,
  help: "What an empty source is taken for, at the first sync too. It stands where `on_empty` would say keep or clear. One way only.",
  read: (written) => ({ kind: "default", value: valueOf(written).value }),
  takes: () => FIELD_TYPES,
  gives: (_step, type) => type,
  fixesType: false,
  back: () => "as_is",
  apply: (value) => value,
  whenEmpty: (step) => step.value,
  examples: [{ kind: "default", value: "0" }],
});

export const constant = row<"constant", typeof scalar>({
  schema: scalar,
  help: "This value, whatever the source holds, empty or not. Loses information: no way back.",
  read: (written) => ({ kind: "constant", ...valueOf(written) }),
  takes: () => FIELD_TYPES,
  gives: (step) => step.type,
  fixesType: false,
  back: () => ({ loses: "Ann" }),
  apply: (_value, step) => step.value,
  whenEmpty: (step) => step.value,
  examples: [{ kind: "constant", value: "Tandem", type: "text" }],
});
