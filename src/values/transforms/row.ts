import { z } from "zod";
import type { Filled, Transform, TransformKind } from "../../model/transform.ts";
import type { FieldType, Value } from "../../model/value.ts";

/** The transforms of one kind, as the engine knows them. */
export type StepOf<K extends TransformKind> = Extract<Transform, { readonly kind: K }>;

/** Why a value could not be converted, to be put after the value in a sentence. */
export interface Failed {
  readonly why: string;
}

export function failed(why: string): Failed {
  return { why };
}

/**
 * How a value comes back from behind a step: as it is, since the step only tidies; through the opposite step; or not at
 * all, and then `loses` is a usual value that would come back as another one.
 */
export type WayBack = "as_is" | Transform | { readonly loses: string };

/** All that Tandem knows about one kind of transform. */
export interface TransformRow<K extends TransformKind> {
  /** What stands behind the name in the mapping file. */
  readonly schema: z.ZodType;
  /** For people who edit the file. */
  readonly help: string;
  /**
   * @param written what `schema` admitted
   * @param exact what is joined must come back as the same list
   */
  read(written: unknown, exact: boolean): StepOf<K>;
  /** The types that a step converts; the first is what a field is taken for that does not say its type. */
  takes(step: StepOf<K>): readonly FieldType[];
  /** The type of the result for a value of this type. */
  gives(step: StepOf<K>, type: FieldType): FieldType;
  /** Does a field that does not say its type have the first one that a step takes? */
  readonly fixesType: boolean;
  back(step: StepOf<K>): WayBack;
  /** Never makes something empty of what is not. */
  apply(value: Filled, step: StepOf<K>): Filled | Failed;
  whenEmpty(step: StepOf<K>): Value;
  /** One step, or more where the arguments decide what it takes. */
  readonly examples: readonly StepOf<K>[];
}

/** What a kind says of itself; the rest is usual. */
type Said<K extends TransformKind, S extends z.ZodType> = Omit<
  TransformRow<K>,
  "schema" | "read" | "whenEmpty"
> & {
  readonly schema: S;
  readonly read: (written: z.infer<S>, exact: boolean) => StepOf<K>;
  readonly whenEmpty?: (step: StepOf<K>) => Value;
};

/** A row whose `read` takes what its own schema admits. An empty value stays empty unless the row says otherwise. */
export function row<K extends TransformKind, S extends z.ZodType>(said: Said<K, S>): TransformRow<K> {
  const { read, whenEmpty = () => null } = said;
  return { ...said, whenEmpty, read: (written, exact) => read(written as z.infer<S>, exact) };
}

/** The schema of a transform without arguments. */
export const on = z.literal(true);
