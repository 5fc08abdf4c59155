import { z } from "zod";
import type { FilterRule } from "../../store/pages/failing-contacts.ts";
import { countSelected } from "../../store/pages/failing-contacts.ts";
import { previewRetry } from "../../store/pages/retries.ts";
import { confirmPage } from "../frame/layout/confirm-page.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { errorsAddress } from "./errors-address.ts";
import { ignoreFields, readIgnoreForm } from "./ignore-form.ts";
import type { Ticked } from "../parts/link-selection.ts";
import { readTicked, tickedFields } from "../parts/link-selection.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import type { StatusActions } from "../status-actions.ts";

/** What the forms need. */
export interface ErrorsActionDeps {
  readonly act: StatusActions;
  readonly now: () => Date;
  /** The rules of the mapping in use, with what they name found. Default: none is known. */
  readonly rules?: () => Promise<readonly FilterRule[]>;
}

const CAN_CHANGE = "The number can change before this runs, because contacts fail and recover all the time.";

/** The forms of the errors page: ticked, asked once more, done. */
export function errorsActions(deps: ErrorsActionDeps): readonly StatusPage[] {
  const form = (
    address: string,
    answer: (request: PageRequest, ticked: Ticked) => Promise<Answer>,
  ): StatusPage => ({
    method: "POST",
    address,
    place: "/errors",
    answer: async (request) => {
      const ticked = readTicked(request.body, (await deps.rules?.()) ?? []);
      return ticked === null ? nothingTicked() : answer(request, ticked);
    },
  });
  return [
    form("/errors", (request, ticked) => {
      const { do: wanted } = z.object({ do: z.string() }).partial().catch({}).parse(request.body);
      if (wanted === "ignore") return askIgnore(deps, request, ticked, null);
      return wanted === "resume" ? resume(deps, request, ticked) : askRetry(deps, request, ticked);
    }),
    form("/errors/retry", async ({ visitor }, { selection, query }) => {
      const done = await deps.act.retry(visitor, selection);
      const said = `Retry of ${counted(done, "contact")} queued. It starts now, or after the run in progress.`;
      return { kind: "moved", to: errorsAddress({ ...query, page: 1 }), said };
    }),
    form("/errors/ignore", async (request, ticked) => {
      const read = readIgnoreForm(request.body, deps.now());
      if (!read.ok) return askIgnore(deps, request, ticked, read.wrong);
      const done = await deps.act.ignore(request.visitor, ticked.selection, read.terms);
      const said = `${counted(done, "contact")} ignored. The filter Status finds them.`;
      return { kind: "moved", to: errorsAddress({ ...ticked.query, page: 1 }), said };
    }),
  ];
}

function nothingTicked(): Answer {
  const words = ["Select contacts, or all that match the search. Then press the button again."];
  return { kind: "told", status: 400, message: { title: "No contact is selected", words } };
}

async function askRetry(
  { act, now }: ErrorsActionDeps,
  { frame }: PageRequest,
  ticked: Ticked,
): Promise<Answer> {
  const { contacts, unchanged } = await previewRetry(act.store, ticked.selection, now());
  const title = `Retry ${counted(contacts, "contact")}?`;
  const same =
    unchanged === 0
      ? []
      : [
          `${unchanged === contacts ? "Nothing has changed" : `Nothing has changed for ${grouped(unchanged)} of them`} in HubSpot or Klaviyo since they failed. They will probably fail again.`,
        ];
  const content = confirmPage(frame, {
    title,
    words: [...aboutWords(ticked), ...same, CAN_CHANGE],
    action: "/errors/retry",
    button: `Retry ${counted(contacts, "contact")}`,
    fields: tickedFields(ticked),
    wrong: null,
    back: errorsAddress(ticked.query),
  });
  return { kind: "page", title, content, document: { contacts, unchanged } };
}

async function askIgnore(
  { act, now }: ErrorsActionDeps,
  { frame, body }: PageRequest,
  ticked: Ticked,
  wrong: { readonly words: string; readonly field: string } | null,
): Promise<Answer> {
  const contacts = await countSelected(act.store, ticked.selection, now());
  const title = `Ignore ${counted(contacts, "contact")}?`;
  const alone = "Tandem stops writing fields of these contacts. Opt-outs still sync.";
  const content = confirmPage(frame, {
    title,
    words: [...aboutWords(ticked), alone, CAN_CHANGE],
    action: "/errors/ignore",
    button: `Ignore ${counted(contacts, "contact")}`,
    fields: [...tickedFields(ticked), ignoreFields(body, wrong)],
    wrong,
    back: errorsAddress(ticked.query),
  });
  const status = wrong === null ? 200 : 400;
  return {
    kind: "page",
    title: wrong === null ? title : `Error: ${title}`,
    content,
    document: { contacts, wrong },
    status,
  };
}

async function resume(
  { act }: ErrorsActionDeps,
  { visitor }: PageRequest,
  { selection, query }: Ticked,
): Promise<Answer> {
  const done = await act.resume(visitor, selection);
  const said = `${counted(done, "contact")} sync again with the next run.`;
  return { kind: "moved", to: errorsAddress({ ...query, page: 1 }), said };
}

function aboutWords({ selection }: Ticked): readonly string[] {
  if (selection.kind === "ids") return [];
  const { cause, rule, search } = selection.query;
  const parts = [
    cause === null ? "every cause" : `the cause ${cause}`,
    rule === null ? null : `the rule ${rule.id}`,
    search === null ? null : `the search “${search}”`,
  ];
  return [`All that match ${parts.filter((part) => part !== null).join(" and ")}, on every page.`];
}
