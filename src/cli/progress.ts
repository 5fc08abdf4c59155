import type { Progress } from "../pull/run-context.ts";
import type { App, CommonOptions } from "./app.ts";

/** Tells how far a run is: one line that is written over on a terminal, a line a step in a pipe. */
export interface ProgressLine {
  readonly step: (progress: Progress) => void;
  end(): void;
}

const EVERY_MS = { terminal: 100, log: 10_000 } as const;
const BAR_WIDTH = 24;

const STEPS: Readonly<Record<Progress["step"], string>> = {
  read: "Read",
  look_up: "Look up in",
  link: "Link",
  compare: "Compare",
  write: "Write",
};

export function progressLine(app: App, options: CommonOptions): ProgressLine {
  if (options.quiet === true) return { step: () => {}, end: () => {} };
  const every = app.watched ? EVERY_MS.terminal : EVERY_MS.log;
  // A log is told after a while only: most runs are over before there is anything to tell.
  let told = app.watched ? 0 : app.now().getTime();
  let open = false;
  /** In a log: the last that is known of each side of the step under way. */
  let last = new Map<Progress["side"], Progress>();
  const endStep = (): void => {
    for (const progress of last.values()) app.talk(`${sentence(progress, false)}\n`);
    last = new Map();
  };
  return {
    step(progress) {
      // Batches of one side tell of themselves; the page they belong to has the total.
      if (progress.step === "write" && progress.side !== null) return;
      const now = app.now().getTime();
      if (!app.watched) {
        // A line a step, once it is over; a long one also says every ten seconds how far it is.
        if ([...last.values()].some(({ step }) => step !== progress.step)) endStep();
        last.set(progress.side, progress);
        if (now - told < every) return;
        told = now;
        app.talk(`${sentence(progress, false)}\n`);
        return;
      }
      const finished = progress.total !== null && progress.done >= progress.total;
      if (now - told < every && !finished) return;
      told = now;
      open = true;
      app.raw.talk(`\r\u001b[K${sentence(progress, true)}`);
    },
    end() {
      if (open) app.talk("\n");
      open = false;
      endStep();
    },
  };
}

function sentence({ step, side, done, total }: Progress, drawn: boolean): string {
  const where = side === null ? "" : side === "hubspot" ? " HubSpot" : " Klaviyo";
  const count = done.toLocaleString("en");
  if (total === null || total === 0) return `${STEPS[step]}${where}  ${count}`;
  const share = `${Math.round((100 * done) / total)} %  ${count}/${total.toLocaleString("en")}`;
  if (!drawn) return `${STEPS[step]}${where}  ${share}`;
  const filled = Math.round((BAR_WIDTH * done) / total);
  const bar = "■".repeat(filled) + "□".repeat(BAR_WIDTH - filled);
  return `${STEPS[step]}${where}  ${bar}  ${share}`;
}
