import { z } from "zod";
import { canonicalText } from "../../model/value.ts";
import { wrong } from "../wrong.ts";
import { failed, row } from "./row.ts";

const affix = z
  .string()
  .regex(/\S/, { error: wrong("must not be empty", 'for example `"HS-"`') })
  .max(100, { error: wrong("is longer than 100 characters", 'for example `"HS-"`') });

export const prefix = row<"prefix", typeof affix>({
  schema: affix,
  help: "This text put before the value. The way back is `remove_prefix`.",
  read: (written) => ({ kind: "prefix", text: written.normalize("NFC") }),
  takes: () => ["text", "option"],
  gives: () => "text",
  fixesType: false,
  back: ({ text }) => ({ kind: "remove_prefix", text }),
  apply(value, { text }) {
    const whole = canonicalText(text + String(value)) ?? "";
    // A combining mark at the beginning melts into the prefix, which could not be taken off again.
    return whole === text + String(value) ? whole : failed(`cannot stand behind \`${text}\``);
  },
  examples: [{ kind: "prefix", text: "HS-" }],
});

export const removePrefix = row<"remove_prefix", typeof affix>({
  schema: affix,
  help: "This text taken off the beginning; a value without it is a problem. The way back is `prefix`.",
  read: (written) => ({ kind: "remove_prefix", text: written.normalize("NFC") }),
  takes: () => ["text", "option"],
  gives: () => "text",
  fixesType: false,
  back: ({ text }) => ({ kind: "prefix", text }),
  apply(value, { text }) {
    const whole = String(value);
    const rest = whole.startsWith(text) ? canonicalText(whole.slice(text.length)) : null;
    return rest ?? failed(`is not \`${text}\` with something behind it`);
  },
  examples: [{ kind: "remove_prefix", text: "HS-" }],
});
