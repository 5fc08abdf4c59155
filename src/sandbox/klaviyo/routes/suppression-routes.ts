import type { Call, Reply, Route } from "../../route.ts";
import type { SuppressionJob } from "../state/jobs.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { Target } from "../state/task.ts";
import { inMicros, secondsOf } from "../state/vendor-time.ts";
import { dataOf, listed, only, relatedId, required, textOf } from "../wire/body-reader.ts";
import { relation, resourceLink, selfLink } from "../wire/document.ts";
import type { FilterField } from "../wire/filter.ts";
import { filterOf, holds } from "../wire/filter.ts";
import { objectOf } from "../wire/object-of.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { invalid, noSuch } from "../wire/vendor-error.ts";
import { fieldsOf, sparse } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { checkEmail } from "../writes/profile-change.ts";
import { listOf } from "./list-routes.ts";
import { segmentOf } from "./segment-routes.ts";

type Kind = SuppressionJob["kind"];

type JobField = "status" | "list_id" | "segment_id";

const JOB_FILTERS: Readonly<Record<JobField, FilterField>> = {
  status: { operators: ["equals"], type: "text" },
  list_id: { operators: ["equals"], type: "text" },
  segment_id: { operators: ["equals"], type: "text" },
};
const EMAILS_PER_JOB = 100;
const EMAIL_ONLY: ReadonlySet<string> = new Set(["email"]);

export function suppressionRoutes(state: KlaviyoState): readonly Route[] {
  return [...routesOf(state, "create", "suppress"), ...routesOf(state, "delete", "unsuppress")];
}

function routesOf(state: KlaviyoState, kind: Kind, verb: string): readonly Route[] {
  const path = `/api/profile-suppression-bulk-${kind}-jobs`;
  return [
    operation(`bulk_${verb}_profiles`, "POST", path, (call) => submit(call, state, kind)),
    operation(`get_bulk_${verb}_profiles_jobs`, "GET", path, (call) => {
      const conditions = filterOf(call, JOB_FILTERS);
      const { descending } = sortOf(call, ["created"], "created");
      const index = sortedIndex();
      for (const job of state.suppressionJobs.values()) {
        const kept = conditions.every((condition) => holds(condition, job[condition.field as JobField]));
        if (job.kind === kind && kept) index.add(secondsOf(job.created_at), job.id);
      }
      const { rows, links } = pageOf(call, {
        index,
        descending,
        sizes: { standard: 100, max: null },
        pick: ({ id }) => jobResource(call, state.suppressionJobs.get(id) as SuppressionJob),
      });
      return { status: 200, body: { data: rows, links } };
    }),
    operation(`get_bulk_${verb}_profiles_job`, "GET", `${path}/:job_id`, (call) => {
      const id = call.params["job_id"] ?? "";
      const job = state.suppressionJobs.get(id);
      if (job?.kind !== kind) throw noSuch(`profile-suppression-bulk-${kind}-job`, id);
      return { status: 200, body: { data: jobResource(call, job), links: { self: selfLink(call) } } };
    }),
  ];
}

function submit(call: Call, state: KlaviyoState, kind: Kind): Reply {
  const target = targetOf(call, state, kind);
  const job: SuppressionJob = {
    id: state.ids.ulid(state.time.millis()),
    kind,
    status: "processing",
    created_at: state.time.micros(),
    completed_at: null,
    // Zero in the answer to the request, whatever was asked; the counts come with the work.
    total_count: 0,
    completed_count: 0,
    skipped_count: 0,
    list_id: relatedId(dataOf(call, typeOf(kind)), "list", "list"),
    segment_id: relatedId(dataOf(call, typeOf(kind)), "segment", "segment"),
  };
  state.suppressionJobs.set(job.id, job);
  state.schedule.after(state.settings.consent_lag_ms, { kind: "suppress", job, target });
  return { status: 202, body: { data: jobResource(call, job), links: { self: selfLink(call) } } };
}

function targetOf(call: Call, state: KlaviyoState, kind: Kind): Target {
  const data = dataOf(call, typeOf(kind));
  const attributes = required(data, "attributes", "/data");
  only(attributes, new Set(["profiles"]), typeOf(kind), "/data/attributes");
  const listId = relatedId(data, "list", "list");
  const segmentId = relatedId(data, "segment", "segment");
  const profiles = objectOf(attributes["profiles"]);
  if ([profiles, listId, segmentId].filter((given) => given !== null).length !== 1) {
    throw invalid("Exactly one of 'profiles', 'list' or 'segment' is required.", "/data");
  }
  if (listId !== null) return { ids: [...listOf(state, listId).members.ids()] };
  if (segmentId !== null) return { ids: [...segmentOf(state, segmentId).members.ids()] };
  const pointer = "/data/attributes/profiles";
  const rows = listed(profiles ?? {}, "data", pointer, EMAILS_PER_JOB);
  const emails = rows.map((row, at) => {
    const place = `${pointer}/data/${at}/attributes`;
    const given = required(row, "attributes", `${pointer}/data/${at}`);
    only(given, EMAIL_ONLY, "profile", place);
    const email = textOf(given, "email", place) ?? null;
    if (email === null) throw invalid("'email' is a required field.", `${place}/email`);
    checkEmail(email, `${place}/email`);
    return email.trim();
  });
  return { emails };
}

const typeOf = (kind: Kind): string => `profile-suppression-bulk-${kind}-job`;

function jobResource(call: Call, job: SuppressionJob): object {
  const type = typeOf(job.kind);
  const collection = `${type}s`;
  return {
    type,
    id: job.id,
    attributes: sparse(
      {
        status: job.status,
        created_at: inMicros(job.created_at),
        total_count: job.total_count,
        completed_count: job.completed_count,
        completed_at: job.completed_at === null ? null : inMicros(job.completed_at),
        skipped_count: job.skipped_count,
      },
      fieldsOf(call, type),
    ),
    relationships: {
      lists: relation(call, collection, job.id, "lists"),
      segments: relation(call, collection, job.id, "segments"),
    },
    links: { self: resourceLink(call, collection, job.id) },
  };
}
