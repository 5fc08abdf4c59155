import { canonicalNumber } from "../model/value.ts";

/** Arithmetic on canonical numbers (`model/value.ts`), exact at any length. */

interface Parts {
  readonly sign: string;
  readonly whole: string;
  readonly fraction: string;
}

function parts(number: string): Parts {
  const sign = number.startsWith("-") ? "-" : "";
  const [whole = "0", fraction = ""] = number.slice(sign.length).split(".");
  return { sign, whole, fraction };
}

/** At most `digits` decimals; halves go away from zero, as people round. */
export function roundDecimal(number: string, digits: number): string {
  const { sign, whole, fraction } = parts(number);
  if (fraction.length <= digits) return number;
  const up = (fraction[digits] ?? "0") >= "5" ? 1n : 0n;
  const scaled = String(BigInt(whole + fraction.slice(0, digits)) + up).padStart(digits + 1, "0");
  const cut = scaled.length - digits;
  return canonicalNumber(`${sign}${scaled.slice(0, cut)}.${scaled.slice(cut)}`) ?? number;
}

/** Below zero where `left` is less, zero where they are equal, otherwise above. */
export function compareDecimals(left: string, right: string): number {
  const [a, b] = [parts(left), parts(right)];
  const places = Math.max(a.fraction.length, b.fraction.length);
  const scaled = ({ sign, whole, fraction }: Parts): bigint =>
    BigInt(`${sign}${whole}${fraction.padEnd(places, "0")}`);
  const difference = scaled(a) - scaled(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
