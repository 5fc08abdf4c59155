import { z } from "zod";
import { APPROVED_FOR_MS } from "../../model/hold.ts";
import { writeAudit } from "../../store/chains/audit.ts";
import { decideHold, waitingHold } from "../../store/runs/holds.ts";
import { countLinks } from "../../store/links/links.ts";
import { pastHolds } from "../../store/runs/hold-list.ts";
import { failingByField, listMappingVersions, readMappingVersion } from "../../store/runs/mapping-history.ts";
import type { Message } from "../frame/layout/message-page.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import { given, notUnderstood, rowId } from "../parts/query-parts.ts";
import { reasonWords } from "../parts/reason-form.ts";
import { readHold } from "./held-view.ts";
import { mappingDocument } from "./mapping-document.ts";
import { mappingInUse } from "./mapping-in-use.ts";
import type { ReadVersion } from "./mapping-in-use.ts";
import { mappingPage, noMappingPage } from "./mapping-page.ts";
import type { MappingView } from "./mapping-view.ts";
import { PARTS } from "./mapping-view.ts";
import { atomically } from "../../store/database/store.ts";

const wanted = z.object({
  show: given(
    z.enum(
      PARTS.map(({ part }) => part),
      `one of ${PARTS.map(({ part }) => part).join(", ")}`,
    ),
  ),
  version: given(z.coerce.number("a number").int("a whole number").min(1).max(1_000_000)),
});
const ofHold = z.object({ id: rowId });
const decision = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), reason: reasonWords });

const VERSIONS_SHOWN = 50;
const SAMPLES = 50;
const PAST_HOLDS = 20;

/** The mapping, its dry run, and what is held under it. */
export function mappingRoutes(deps: PageDeps): readonly StatusPage[] {
  return [
    { address: "/mapping", place: "/mapping", answer: (one) => mapping(deps, one) },
    {
      method: "POST",
      address: "/mapping/dry-run",
      place: "/mapping",
      async answer({ visitor }) {
        if (deps.tasks?.begin({ kind: "dry_run" }, visitor.name) !== true)
          return { kind: "told", status: 409, message: NOT_NOW };
        await deps.act.audit({ who: visitor.name, role: visitor.role, action: "dry_run" });
        return { kind: "moved", to: "/mapping?show=dry-run" };
      },
    },
    ...(["approve", "reject"] as const).map((what): StatusPage => ({
      method: "POST",
      address: `/holds/:id/${what}`,
      place: "/mapping",
      answer: (one) => decide(deps, what, one),
    })),
  ];
}

async function mapping(deps: PageDeps, { query, frame }: PageRequest): Promise<Answer> {
  const read = wanted.safeParse(query);
  if (!read.success) return notUnderstood(read.error);
  const { store } = deps.act;
  const used = await mappingInUse(store);
  if (used === null)
    return { kind: "page", title: "Mapping", content: noMappingPage(), document: { version: null } };
  const part = read.data.show ?? "fields";
  const view: MappingView = {
    frame,
    part,
    used,
    disk: onDisk(deps, used),
    failing: part === "fields" ? await failingByField(store) : new Map(),
    versions: part === "changes" ? await listMappingVersions(store, VERSIONS_SHOWN) : [],
    compared: part === "changes" ? await compared(deps, read.data.version ?? used.version) : null,
    hold: await readHold(store, used.mapping, SAMPLES),
    linked: part === "limits" ? await countLinks(store, "live") : 0,
    pastHolds: part === "held" ? await pastHolds(store, PAST_HOLDS) : [],
    task: deps.tasks?.dryRun() ?? null,
    canDryRun: deps.tasks !== undefined,
  };
  const title = PARTS.find((one) => one.part === part)?.label ?? "";
  return {
    kind: "page",
    title: part === "fields" ? "Mapping" : `Mapping: ${title.toLowerCase()}`,
    content: mappingPage(view),
    document: mappingDocument(view),
  };
}

function onDisk({ mappingFile }: PageDeps, used: ReadVersion): MappingView["disk"] {
  const file = mappingFile?.() ?? null;
  return file === null || file.text === used.source ? null : file;
}

async function compared({ act }: PageDeps, version: number): Promise<MappingView["compared"]> {
  const { store } = act;
  const now = await readMappingVersion(store, version);
  if (now === null) return null;
  return { now, before: await readMappingVersion(store, version - 1) };
}

async function decide(
  { act, now }: PageDeps,
  what: "approve" | "reject",
  { params, body, visitor }: PageRequest,
): Promise<Answer> {
  const id = ofHold.safeParse(params);
  const form = decision.safeParse(body);
  if (!id.success) return { kind: "told", status: 404, message: MOVED_ON };
  if (!form.success) {
    const words = [...new Set(form.error.issues.map(({ message }) => message)), "Go back and try again."];
    return {
      kind: "told",
      status: 400,
      message: { title: "There is a problem: nothing was decided", words },
    };
  }
  const { hash, reason } = form.data;
  const { store } = act;
  const decided = await atomically(store, async (store) => {
    const hold = await waitingHold(store);
    if (hold === null || hold.id !== id.data.id) return null;
    const state = what === "approve" ? "approved" : "rejected";
    const expiresAt = new Date(now().getTime() + APPROVED_FOR_MS);
    const decision = { state, by: visitor.name, reason, expiresAt } as const;
    if (!(await decideHold(store, hash, decision, now()))) return null;
    const about = { hold: String(hold.id), hash, changes: hold.changes };
    const entry = { who: visitor.name, role: visitor.role, action: what, about, reason };
    await writeAudit(store, entry, now());
    return hold;
  });
  if (decided === null) return { kind: "told", status: 409, message: MOVED_ON };
  if (what === "approve") act.wake();
  const said =
    what === "approve"
      ? "Approved. The next run makes exactly these changes. It starts now, or after the run in progress."
      : "Rejected. None of these changes was made.";
  return { kind: "moved", to: "/mapping?show=held", said };
}

const MOVED_ON: Message = {
  title: "The held changes are different now",
  words: ["They changed since this page was shown, or someone decided. Review them again."],
};

const NOT_NOW: Message = {
  title: "Tandem is busy with another plan",
  words: ["Tandem makes one plan at a time. Go back and try again in a minute."],
};
