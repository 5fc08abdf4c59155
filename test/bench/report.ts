import type { Measured } from "./verdict.ts";
import { faultsOf, ratioText, requestsOf } from "./verdict.ts";

/** Above this a scenario shows where its requests went. */
const BREAKDOWN_ABOVE = 1.1;

const HEADINGS = [
  "scenario",
  "contacts",
  "requests",
  "minimum",
  "ratio",
  "wall s",
  "CPU ms/contact",
  "peak MB",
  "writes",
];

/** The table, where the requests went of those that spend more, and what is wrong. */
export function reportText(all: readonly Measured[]): string {
  const sections = [table([HEADINGS, ...all.map(cells)]), ...all.flatMap(breakdown), ...all.flatMap(faults)];
  return `${sections.join("\n\n")}\n`;
}

/** The same for programs. */
export function reportDocument(all: readonly Measured[]): unknown {
  return all.map((one) => ({
    scenario: one.scenario,
    contacts: one.contacts,
    requests: requestsOf(one),
    minimum: one.minimum,
    ratio: requestsOf(one) / one.minimum.requests,
    wallSeconds: one.wallMs / 1_000,
    cpuMsPerContact: one.cpuMs / one.contacts,
    peakMegabytes: megabytes(one),
    writes: one.writes,
    byOperation: Object.fromEntries(one.requests),
    faults: faultsOf(one),
  }));
}

function cells(one: Measured): readonly string[] {
  const requests = requestsOf(one);
  return [
    one.scenario,
    String(one.contacts),
    String(requests),
    String(one.minimum.requests),
    ratioText(requests, one.minimum.requests),
    (one.wallMs / 1_000).toFixed(1),
    (one.cpuMs / one.contacts).toFixed(2),
    String(Math.ceil(megabytes(one))),
    String(Object.values(one.writes).reduce((total, count) => total + count, 0)),
  ];
}

function megabytes({ peakBytes }: Measured): number {
  return peakBytes / 1_048_576;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  return rows.map(line).join("\n");
}

function breakdown(one: Measured): readonly string[] {
  if (requestsOf(one) <= one.minimum.requests * BREAKDOWN_ABOVE) return [];
  const made = [...one.requests]
    .sort(([, a], [, b]) => b - a)
    .map(([operation, count]) => `${String(count).padStart(6)}  ${operation}`);
  const least = one.minimum.terms.map(({ requests, why }) => `${requests} ${why}`).join(", ");
  return [[`${one.scenario}: requests by operation`, ...made, `minimum: ${least}`].join("\n")];
}

function faults(one: Measured): readonly string[] {
  return faultsOf(one).map((fault) => `FAILED ${one.scenario}: ${fault}`);
}
