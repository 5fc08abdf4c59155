import { z } from "zod";
import type { PlannedOperation } from "../../plan/planned.ts";

const value = z.union([z.string(), z.boolean(), z.array(z.string()), z.null()]);
const fields = z.record(z.string(), value);
const side = z.enum(["hubspot", "klaviyo"]);
const from = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("list"), list: z.string() }),
  z.strictObject({ kind: z.literal("type"), type: z.string() }),
]);

const update = z.strictObject({ kind: z.literal("update"), side, id: z.string(), fields, pre: fields });
const addToList = z.strictObject({ kind: z.literal("add_to_list"), side, id: z.string(), list: z.string() });
const removeFromList = z.strictObject({
  kind: z.literal("remove_from_list"),
  side,
  id: z.string(),
  list: z.string(),
});

const anyOperation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("create"), side, fields, lists: z.array(z.string()) }),
  update,
  addToList,
  removeFromList,
  z.strictObject({ kind: z.literal("opt_out"), side, id: z.string(), from }),
  z.strictObject({
    kind: z.literal("subscribe"),
    side: z.literal("klaviyo"),
    id: z.string(),
    list: z.string(),
  }),
]);

const stamp = z.strictObject({
  kind: z.literal("stamp"),
  side: z.literal("hubspot"),
  id: z.string(),
  fields,
  pre: fields,
});

/** An undo changes fields, lists and stamps and nothing else: it makes nobody, and has no say about consent. */
const undoOperation = z.discriminatedUnion("kind", [update, addToList, removeFromList, stamp]);

const person = {
  link: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullable(),
  email: z.string(),
};

interface PersonLine {
  readonly link: string | null;
  readonly email: string;
  readonly operations: readonly PlannedOperation[];
}

/** A line of a person, by the kind of plan. */
export const PERSON: Readonly<Record<"plan" | "undo", z.ZodType<PersonLine>>> = {
  plan: z.strictObject({ ...person, operations: z.array(anyOperation) }),
  undo: z.strictObject({ ...person, operations: z.array(undoOperation) }),
};

const about = { connection: z.string(), mapping: z.string(), made: z.iso.datetime() };

/** Which writes an undo puts back, as its file says it. */
const undoes = z.strictObject({
  runId: z.string().regex(/^\d+$/).optional(),
  email: z.string().optional(),
  fields: z.array(z.string()).optional(),
  since: z.iso.datetime().optional(),
});

/** The first line. */
export const HEADER = z.discriminatedUnion("kind", [
  z.strictObject({ tandem: z.literal(2), kind: z.literal("plan"), ...about }),
  z.strictObject({ tandem: z.literal(2), kind: z.literal("undo"), ...about, undoes }),
]);

/** The first line of a plan of any version. A file that begins so may be replaced by another plan. */
export const ANY_HEADER = z.object({
  tandem: z.int(),
  kind: z.enum(["plan", "undo"]),
  connection: z.string(),
  made: z.iso.datetime(),
});

const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** The last line. */
export const FOOTER = z.strictObject({ people: z.int().min(0), hash: hex64, seal: hex64 });
