import type { Minimum } from "./minimum.ts";

/** Result of a scenario, as the rehearsal servers and the operating system saw it. */
export interface Measured {
  readonly scenario: string;
  /** The people it was about: what CPU is divided by. */
  readonly contacts: number;
  /** By vendor and operation, as the rehearsal servers counted them. */
  readonly requests: ReadonlyMap<string, number>;
  readonly minimum: Minimum;
  /** Above this many times the minimum the bench fails; `null` where it only tells. */
  readonly highestRatio: { readonly times: number; readonly per: number } | null;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** Changes that reached a vendor through its API, by what was done. */
  readonly writes: Readonly<Record<string, number>>;
  readonly expectedWrites: Readonly<Record<string, number>>;
  /** What is not as it should be on either side; the first few of them. */
  readonly differences: readonly string[];
  /** Of each cycle. */
  readonly exitCodes: readonly number[];
}

export function requestsOf({ requests }: Pick<Measured, "requests">): number {
  return [...requests.values()].reduce((total, count) => total + count, 0);
}

/** Rounded up: 1.301 must not be read as 1.30. */
export function ratioText(requests: number, minimum: number): string {
  return (Math.ceil((requests * 100) / minimum) / 100).toFixed(2);
}

/** Why a scenario counts for nothing, or spends too much; empty where all is well. */
export function faultsOf(measured: Measured): readonly string[] {
  const { minimum, highestRatio, exitCodes, differences } = measured;
  const requests = requestsOf(measured);
  const faults: string[] = [];
  const bad = exitCodes.filter((code) => code !== 0);
  if (exitCodes.length === 0) faults.push("no cycle ran");
  if (bad.length > 0) faults.push(`a cycle ended with exit code ${bad.join(", ")}`);
  faults.push(...differences);
  const [did, should] = [writesText(measured.writes), writesText(measured.expectedWrites)];
  if (did !== should) faults.push(`wrote ${did}, and should have written ${should}`);
  if (requests < minimum.requests) {
    faults.push(
      `${requests} requests are fewer than the minimum of ${minimum.requests}: one of the two is counted wrong`,
    );
  }
  // In whole numbers, so that no rounding decides.
  if (highestRatio !== null && requests * highestRatio.per > minimum.requests * highestRatio.times) {
    const allowed = highestRatio.times / highestRatio.per;
    faults.push(
      `${ratioText(requests, minimum.requests)} times the minimum, and at most ${allowed} is allowed`,
    );
  }
  return faults;
}

export function writesText(writes: Readonly<Record<string, number>>): string {
  const done = Object.entries(writes).filter(([, count]) => count > 0);
  if (done.length === 0) return "nothing";
  return done
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, count]) => `${count} ${action}`)
    .join(", ");
}
