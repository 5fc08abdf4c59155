import { z } from "zod";
import { writeAudit } from "../../store/chains/audit.ts";
import { holds, pauseConnection, resumeConnection } from "../../store/runs/pauses.ts";
import { readRunning } from "../../store/runs/run-progress.ts";
import { requestSync } from "../../store/runs/sync-requests.ts";
import type { Choice } from "../parts/choice-field.ts";
import { choiceField } from "../parts/choice-field.ts";
import { confirmPage } from "../frame/layout/confirm-page.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import { given } from "../parts/query-parts.ts";
import { reasonWords } from "../parts/reason-form.ts";
import { mayDo } from "../frame/access/role.ts";
import { exact, span } from "../../words/time-words.ts";
import { wordOf } from "../../words/word-of.ts";
import { atomically } from "../../store/database/store.ts";

const HOUR_MS = 3_600_000;

/** How long a pause may last, by the word in the form. */
const LENGTHS: Readonly<Record<string, { readonly label: string; readonly ms: number }>> = {
  hour: { label: "An hour", ms: HOUR_MS },
  "4hours": { label: "Four hours", ms: 4 * HOUR_MS },
  day: { label: "A day", ms: 24 * HOUR_MS },
  week: { label: "A week", ms: 7 * 24 * HOUR_MS },
};

const pauseForm = z.object({
  reason: reasonWords,
  length: given(z.enum(Object.keys(LENGTHS), "Choose how long.")),
});

/** The buttons beside the heading, for those who may press them. */
export function runControls(frame: Frame): Fragment {
  const { shell, overview, now } = frame;
  if (shell.visitor === null || !mayDo(shell.visitor.role, "operator")) return null;
  if (holds(overview.pause, now))
    return html`<div class="controls">
      <form method="post" action="/resume" class="bare">
        ${csrfField(shell)}<button type="submit" class="first">Resume</button>
      </form>
    </div>`;
  return html`<div class="controls">
    <form method="post" action="/sync" class="bare">
      ${csrfField(shell)}<button type="submit" class="first">Sync now</button>
    </form>
    <details>
      <summary>Pause…</summary>
      <form method="post" action="/pause" class="narrow">
        ${csrfField(shell)} ${pauseFields("")}
        <div class="buttons"><button type="submit">Pause</button></div>
      </form>
    </details>
  </div>`;
}

function pauseFields(reason: string): Safe {
  const lengths = Object.entries(LENGTHS).map(([word, { label }]): Choice => [word, label]);
  return html`<p>
      Syncing stops until you resume. A sync in progress stops at the next safe point. Nothing is lost: Tandem
      catches up afterwards. Opt-outs still sync.
    </p>
    <div class="field">
      <label for="reason">Reason, shown to everyone</label>
      <input id="reason" name="reason" value="${reason}" required maxlength="500" autocomplete="off" />
    </div>
    ${choiceField("length", "How long", null, lengths, "Until someone resumes it")}`;
}

/** What the buttons do. */
export function runControlRoutes(deps: PageDeps): readonly StatusPage[] {
  return [
    { method: "POST", address: "/sync", place: "/", answer: (wanted) => sync(deps, wanted) },
    { method: "POST", address: "/pause", place: "/", answer: (wanted) => pause(deps, wanted) },
    { method: "POST", address: "/resume", place: "/", answer: (wanted) => resume(deps, wanted) },
  ];
}

async function sync({ act, now }: PageDeps, { visitor, frame }: PageRequest): Promise<Answer> {
  const { store } = act;
  if (holds(frame.overview.pause, now())) {
    const words = ["Syncing is paused. Resume it on the overview first."];
    return { kind: "told", status: 409, message: { title: "Not started: syncing is paused", words } };
  }
  const running = await readRunning(store);
  if (running?.kind === "contacts") {
    const since = span(now().getTime() - running.startedAt.getTime());
    return {
      kind: "moved",
      to: "/",
      said: `A sync is already running, started ${since} ago. No second one is needed.`,
    };
  }
  await atomically(store, async (store) => {
    await requestSync(store, visitor.name, now());
    const entry = { who: visitor.name, role: visitor.role, action: "sync" };
    await writeAudit(store, entry, now());
  });
  act.wake();
  const said = "Sync queued. It usually starts within 10 seconds, or after the sync in progress.";
  return { kind: "moved", to: "/", said };
}

async function pause({ act, now }: PageDeps, { visitor, frame, body }: PageRequest): Promise<Answer> {
  const form = pauseForm.safeParse(body);
  if (!form.success) return askAgain(frame, form.error, body);
  const { reason, length } = form.data;
  const ms = length === undefined ? undefined : wordOf(LENGTHS, length)?.ms;
  const until = ms === undefined ? null : new Date(now().getTime() + ms);
  const { store } = act;
  await atomically(store, async (store) => {
    await pauseConnection(store, { by: visitor.name, reason, until }, now());
    const about = { until: until?.toISOString() ?? null };
    const entry = { who: visitor.name, role: visitor.role, action: "pause", about, reason };
    await writeAudit(store, entry, now());
  });
  const ends = until === null ? "until someone resumes it" : `until ${exact(until)}`;
  return { kind: "moved", to: "/", said: `Paused ${ends}. Opt-outs still sync.` };
}

function askAgain(frame: Frame, { issues }: z.ZodError, body: unknown): Answer {
  const [issue] = issues;
  const field = issue?.path[0] === "length" ? "length" : "reason";
  const wrong = { words: issue?.message ?? "Say why.", field };
  const typed = z.object({ reason: z.string().max(1_000) }).safeParse(body);
  const content = confirmPage(frame, {
    title: "Pause the connection?",
    words: [],
    action: "/pause",
    button: "Pause",
    fields: pauseFields(typed.success ? typed.data.reason : ""),
    wrong,
    back: "/",
  });
  return { kind: "page", title: "Error: Pause", content, document: { wrong }, status: 400 };
}

async function resume({ act, now }: PageDeps, { visitor }: PageRequest): Promise<Answer> {
  const { store } = act;
  const was = await atomically(store, async (store) => {
    const paused = await resumeConnection(store, now());
    const entry = { who: visitor.name, role: visitor.role, action: "resume" };
    if (paused) await writeAudit(store, entry, now());
    return paused;
  });
  act.wake();
  const said = was ? "Resumed. A sync starts now, or after the one in progress." : "Syncing was not paused.";
  return { kind: "moved", to: "/", said };
}
