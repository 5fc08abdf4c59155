/**
 * The moment at which the index shows a record. Every record has its own share of the lag, between a quarter of it and
 * all, so that of two changes the later may show first, as with a real index.
 */
export function indexTime(lagMs: number, now: number, recordNumber: number): number {
  const share = (Math.imul(recordNumber % 2_147_483_647, 0x9e3779b1) >>> 0) / 4_294_967_296;
  return now - lagMs * (0.25 + 0.75 * share);
}
