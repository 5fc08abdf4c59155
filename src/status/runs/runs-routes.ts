import { z } from "zod";
import { holdOfRun } from "../../store/runs/hold-list.ts";
import { countConflicts } from "../../store/writes/conflict-list.ts";
import { listRuns, readRun, runChanges, runsSince } from "../../store/runs/run-list.ts";
import { MOST_BARS } from "../parts/bar-chart.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import { given, notUnderstood, pageNumber, rowId } from "../parts/query-parts.ts";
import { reasonWords } from "../parts/reason-form.ts";
import { mayDo, searchInOf } from "../frame/access/role.ts";
import { seenChange } from "../seen-change.ts";
import { searchWords } from "../parts/search-text.ts";
import { runPage } from "./run-page.ts";
import { runsAddress, runsRequest } from "./runs-query.ts";
import type { Span } from "./runs-query.ts";
import { runsPage } from "./runs-page.ts";
import { undoPage } from "./undo-page.ts";
import type { PageTask } from "../../service/page-tasks.ts";
import { exampleDocuments } from "../parts/plan-examples.ts";

const SPAN_MS: Readonly<Record<Span, number>> = {
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

const ofRun = z.object({ id: rowId });
const searched = z.object({ q: given(searchWords), page: given(pageNumber) });
const confirmed = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  over: z.literal("1").optional(),
  reason: reasonWords,
});

const NO_RUN: Answer = { kind: "told", status: 404, message: NOT_FOUND };

/** The runs, one run, and putting one back. */
export function runsRoutes(deps: PageDeps): readonly StatusPage[] {
  const { act, now } = deps;
  const { store } = act;
  return [
    {
      address: "/runs",
      place: "/runs",
      async answer({ query: given_, frame }) {
        const wanted = runsRequest(given_);
        if (!wanted.success) return notUnderstood(wanted.error);
        const { query, span } = wanted.data;
        const since = new Date(now().getTime() - SPAN_MS[span]);
        const [found, charted] = await Promise.all([
          listRuns(store, query, now()),
          runsSince(store, query.kind ?? "contacts", since, MOST_BARS),
        ]);
        if (found.page !== query.page)
          return { kind: "moved", to: runsAddress({ query: { ...query, page: found.page }, span }) };
        return {
          kind: "page",
          title: found.pages > 1 ? `Runs (page ${found.page} of ${found.pages})` : "Runs",
          content: runsPage({ frame, query, span, found, charted }),
          document: { connection: frame.overview.name, at: frame.now, query, ...found, charted },
        };
      },
    },
    { address: "/runs/:id", place: "/runs", answer: (wanted) => oneRun(deps, wanted) },
    ...undoRoutes(deps),
  ];
}

async function oneRun(
  { act, tasks }: PageDeps,
  { params, query, frame, visitor }: PageRequest,
): Promise<Answer> {
  const { store } = act;
  const id = ofRun.safeParse(params);
  const wanted = searched.safeParse(query);
  if (!id.success) return NO_RUN;
  if (!wanted.success) return notUnderstood(wanted.error);
  const run = await readRun(store, id.data.id);
  if (run === null) return NO_RUN;
  const search = wanted.data.q ?? null;
  const [found, conflicts, held] = await Promise.all([
    runChanges(store, id.data.id, search, searchInOf(visitor.role), wanted.data.page ?? 1),
    countConflicts(store, id.data.id),
    holdOfRun(store, id.data.id),
  ]);
  const changes = mayDo(visitor.role, "operator") ? found.changes : found.changes.map(seenChange);
  const view = { frame, run, search, found, conflicts, held, canUndo: tasks !== undefined };
  return {
    kind: "page",
    title: `Run ${run.id}`,
    content: runPage(view),
    document: { connection: frame.overview.name, at: frame.now, run, ...found, changes, conflicts, held },
  };
}

/** Putting a run back: looked at first, on its own page, and done when somebody says so. */
function undoRoutes({ act, tasks }: PageDeps): readonly StatusPage[] {
  const { store } = act;
  const page = (
    address: string,
    method: "GET" | "POST",
    answer: (wanted: PageRequest, runId: bigint) => Promise<Answer> | Answer,
  ): StatusPage => ({
    ...(method === "POST" ? { method } : {}),
    address,
    place: "/runs",
    async answer(wanted) {
      const id = ofRun.safeParse(wanted.params);
      if (!id.success || (await readRun(store, id.data.id)) === null) return NO_RUN;
      return answer(wanted, id.data.id);
    },
  });
  return [
    page("/runs/:id/undo", "GET", ({ frame }, runId) => {
      const task = tasks?.undoOf(runId) ?? null;
      return {
        kind: "page",
        title: `Undo run ${runId}`,
        content: undoPage(frame, runId, task),
        document: undoDocument(runId, task),
      };
    }),
    page("/runs/:id/undo", "POST", async ({ visitor }, runId) => {
      if (tasks?.begin({ kind: "undo", runId }, visitor.name) !== true) return NOT_NOW;
      const about = { run: String(runId) };
      await act.audit({ who: visitor.name, role: visitor.role, action: "undo_plan", about });
      return { kind: "moved", to: `/runs/${runId}/undo` };
    }),
    page("/runs/:id/undo/apply", "POST", async ({ visitor, body }, runId) => {
      const form = confirmed.safeParse(body);
      if (!form.success) return notUnderstoodForm(form.error);
      const { hash, over, reason } = form.data;
      const begun = tasks?.begin({ kind: "put_back", runId, hash, overLimits: over === "1" }, visitor.name);
      if (begun !== true) return NOT_NOW;
      const about = { run: String(runId), hash, over: over ?? "0" };
      await act.audit({ who: visitor.name, role: visitor.role, action: "undo", about, reason });
      return { kind: "moved", to: `/runs/${runId}/undo` };
    }),
  ];
}

const NOT_NOW: Answer = {
  kind: "told",
  status: 409,
  message: {
    title: "Something else is being worked on",
    words: [
      "One plan or undo is made at a time, by the process that runs the lanes. Go back in a minute and press once more.",
    ],
  },
};

function notUnderstoodForm({ issues }: z.ZodError): Answer {
  const words = [...new Set(issues.map(({ message }) => message)), "Go back and press once more."];
  return { kind: "told", status: 400, message: { title: "Nothing was done: there is a problem", words } };
}

/** Result of an undo, for programs. */
function undoDocument(runId: bigint, task: PageTask | null): object {
  if (task === null) return { run: runId, state: "none" };
  const { work, by, at, state } = task;
  const about = { run: runId, work: work.kind, by, at, state: state.kind };
  if (state.kind === "working") return about;
  if (state.kind === "failed") return { ...about, why: state.why };
  if (state.found.kind === "undo")
    return { ...about, ...state.found, examples: exampleDocuments(state.found.examples) };
  return { ...about, ...state.found };
}
