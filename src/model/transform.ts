import type { Value } from "./value.ts";

/** A value that is there. */
export type Filled = Exclude<Value, null>;

/**
 * One step that turns a value on its way to the other side: a pure function of the value alone, so that the same value
 * is the same tomorrow. All but `default` and `constant` leave an empty value empty.
 */
export type Transform =
  /** A phone number in E.164. `defaultCountry` is ISO 3166-1 alpha-2, for numbers written without a country. */
  | { readonly kind: "phone_e164"; readonly defaultCountry: string }
  /** A number with at most this many decimals, 0–10; halves go away from zero. */
  | { readonly kind: "round"; readonly digits: number }
  | { readonly kind: "digits" }
  | { readonly kind: "lower" }
  | { readonly kind: "upper" }
  | { readonly kind: "title" }
  | { readonly kind: "trim" }
  /** A day in another notation: `yyyy`, `MM` or `M`, `dd` or `d`, and what stands between them. */
  | { readonly kind: "date_format"; readonly from: string; readonly to: string }
  | { readonly kind: "bucket"; readonly bands: readonly Band[] }
  /** A list as one text. `exact`: an item that the way back would cut in two is refused. */
  | { readonly kind: "join"; readonly separator: string; readonly exact: boolean }
  | { readonly kind: "split"; readonly separator: string }
  | { readonly kind: "default"; readonly value: Filled }
  | { readonly kind: "constant"; readonly value: Filled; readonly type: "text" | "number" | "boolean" }
  | { readonly kind: "prefix"; readonly text: string }
  | { readonly kind: "remove_prefix"; readonly text: string };

export type TransformKind = Transform["kind"];

/** Values below an edge, a canonical number or day, that no band before has; `null` stands for all the rest. */
export interface Band {
  readonly below: string | null;
  readonly name: string;
}
