import { WrongInput } from "./checked-input.ts";
import type { Call } from "./route.ts";

/**
 * A whole number in the query of a control call.
 *
 * @throws WrongInput where it is none, or below the least
 */
export function queryNumber(call: Call, name: string, standard: number, least = 0): number {
  const text = call.query.get(name);
  if (text === null) return standard;
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new WrongInput(`${name}: "${text}" is no whole number of at least ${least}`);
}
