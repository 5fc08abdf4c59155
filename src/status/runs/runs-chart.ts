import type { RunRow } from "../../store/pages/overview.ts";
import type { Bar, Chart } from "../parts/bar-chart.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { written } from "../../words/run-words.ts";
import { resultWords } from "../../words/state-words.ts";
import { exact } from "../../words/time-words.ts";

/** The runs of a lane as a chart of what they wrote, with its reading. */
export function runsChart(runs: readonly RunRow[], id: string, span: string): Chart {
  const failed = runs.filter(({ result }) => result === "stopped");
  const sum = runs.reduce((total, run) => total + written(run), 0);
  const last = failed.at(-1);
  const [first, latest] = [runs[0], runs.at(-1)];
  const wrong =
    last === undefined
      ? "none failed"
      : `${grouped(failed.length)} failed, the last at ${exact(last.startedAt)}`;
  return {
    id,
    title: `Changes written by the runs of the ${span}`,
    reading: `${counted(runs.length, "run")}, ${wrong}, ${counted(sum, "change")} written.`,
    bars: runs.map(barOf),
    ...(first === undefined || latest === undefined
      ? {}
      : { from: exact(first.startedAt), until: exact(latest.startedAt) }),
  };
}

function barOf(run: RunRow): Bar {
  return {
    label: `${exact(run.startedAt)}: ${resultWords(run).label}`,
    value: written(run),
    failed: run.result === "stopped",
  };
}
