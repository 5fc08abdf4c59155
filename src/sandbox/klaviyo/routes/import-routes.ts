import type { Call, Reply, Route } from "../../route.ts";
import type { ImportError, ImportJob } from "../state/jobs.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inSeconds, secondsOf } from "../state/vendor-time.ts";
import {
  dataOf,
  FIVE_MEGABYTES,
  HUNDRED_KILOBYTES,
  listed,
  only,
  required,
  typed,
} from "../wire/body-reader.ts";
import { relation, resourceLink, selfLink } from "../wire/document.ts";
import { filterOf, holds } from "../wire/filter.ts";
import { listResource } from "../wire/group-resource.ts";
import { objectOf } from "../wire/object-of.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { profileResource } from "../wire/profile-resource.ts";
import { invalid, noSuch } from "../wire/vendor-error.ts";
import { fieldsOf, includesOf, sparse } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { refuseUnknownAttributes } from "../writes/profile-change.ts";
import { startImport } from "../writes/run-import.ts";
import { withIncluded } from "./group-page.ts";
import { listOf } from "./list-routes.ts";

const JOBS = "profile-bulk-import-jobs";
const PROFILES_PER_JOB = 10_000;
const WEEK_IN_MICROS = 7 * 24 * 3_600 * 1_000_000;
const HUNDRED = { standard: 20, max: 100 };
const ATTRIBUTES: ReadonlySet<string> = new Set(["profiles"]);

export function importRoutes(state: KlaviyoState): readonly Route[] {
  const job = (call: Call): ImportJob => {
    const id = call.params["job_id"] ?? call.params["id"] ?? "";
    const found = state.importJobs.get(id);
    if (found === undefined || found.expires_at < state.time.micros())
      throw noSuch("profile-bulk-import-job", id);
    return found;
  };
  return [
    operation("bulk_import_profiles", "POST", `/api/${JOBS}`, (call) => submit(call, state)),
    operation("get_bulk_import_profiles_jobs", "GET", `/api/${JOBS}`, (call) => {
      const conditions = filterOf(call, { status: { operators: ["any", "equals"], type: "text" } });
      const { descending } = sortOf(call, ["created_at"], "created_at");
      const index = sortedIndex();
      for (const { id, status, created_at } of state.importJobs.values()) {
        if (conditions.every((condition) => holds(condition, status))) index.add(secondsOf(created_at), id);
      }
      const { rows, links } = pageOf(call, {
        index,
        descending,
        sizes: HUNDRED,
        pick: ({ id }) => jobResource(call, state.importJobs.get(id) as ImportJob, false),
      });
      return { status: 200, body: { data: rows, links } };
    }),
    operation("get_bulk_import_profiles_job", "GET", `/api/${JOBS}/:job_id`, (call) => {
      const includes = includesOf(call, ["lists"]);
      const found = job(call);
      const body = { data: jobResource(call, found, true), links: { self: selfLink(call) } };
      const lists = found.list_ids.map((id) => state.lists.get(id)).filter((list) => list !== undefined);
      const included = lists.map((list) => listResource(call, list, { includes: new Set() }));
      return withIncluded({ status: 200, body }, includes, included);
    }),
    operation("get_errors_for_bulk_import_profiles_job", "GET", `/api/${JOBS}/:id/import-errors`, (call) => {
      const { errors } = job(call);
      return numbered(call, errors, (error) => errorResource(call, error));
    }),
    operation("get_profiles_for_bulk_import_profiles_job", "GET", `/api/${JOBS}/:id/profiles`, (call) => {
      const found = job(call).profile_ids.map((id) => state.profiles.get(id));
      const known = found.filter((profile) => profile !== undefined);
      return numbered(call, known, (profile) => profileResource(call, profile, { times: "read" }));
    }),
  ];
}

function submit(call: Call, state: KlaviyoState): Reply {
  const data = dataOf(call, "profile-bulk-import-job", FIVE_MEGABYTES);
  const attributes = required(data, "attributes", "/data");
  only(attributes, ATTRIBUTES, "profile-bulk-import-job", "/data/attributes");
  const pointer = "/data/attributes/profiles";
  const rows = listed(
    required(attributes, "profiles", "/data/attributes"),
    "data",
    pointer,
    PROFILES_PER_JOB,
  );
  if (rows.length === 0) throw invalid("At least one profile is required.", `${pointer}/data`);
  for (const [at, row] of rows.entries()) {
    typed(row, "profile", `${pointer}/data/${at}`);
    // Only what no row may carry is refused here; a wrong value is that row's error, found while processing.
    refuseUnknownAttributes(row, `${pointer}/data/${at}`);
    if (Buffer.byteLength(JSON.stringify(row)) > HUNDRED_KILOBYTES) {
      throw invalid("The maximum allowed payload size per profile is 100KB.", `${pointer}/data/${at}`);
    }
  }
  const listIds: string[] = [];
  const lists = objectOf(objectOf(data["relationships"])?.["lists"]);
  if (lists !== null) {
    const named = listed(lists, "data", "/data/relationships/lists", 1);
    for (const { id } of named) listIds.push(listOf(state, String(id)).id);
  }
  const created = state.time.micros();
  const job: ImportJob = {
    id: state.ids.job(state.settings.account_id, state.time.millis()),
    status: "queued",
    created_at: created,
    started_at: null,
    completed_at: null,
    expires_at: created + WEEK_IN_MICROS,
    total_count: rows.length,
    completed_count: 0,
    failed_count: 0,
    list_ids: listIds,
    profile_ids: [],
    errors: [],
  };
  state.importJobs.set(job.id, job);
  startImport(state, job, rows);
  return { status: 202, body: { data: jobResource(call, job, true), links: { self: selfLink(call) } } };
}

/** A page of something that has its own order. */
function numbered<T>(call: Call, items: readonly T[], render: (item: T) => object): Reply {
  const index = sortedIndex();
  for (const at of items.keys()) index.add(at, "");
  const { rows, links } = pageOf(call, {
    index,
    descending: false,
    sizes: HUNDRED,
    pick: ({ key }) => {
      const item = items[Number(key)];
      return item === undefined ? undefined : render(item);
    },
  });
  return { status: 200, body: { data: rows, links } };
}

function jobResource(call: Call, job: ImportJob, withLists: boolean): object {
  const time = (micros: number | null): string | null => (micros === null ? null : inSeconds(micros));
  const lists = withLists ? job.list_ids.map((id) => ({ type: "list", id })) : undefined;
  const related = resourceLink(call, JOBS, `${job.id}/import-errors`);
  return {
    type: "profile-bulk-import-job",
    id: job.id,
    attributes: sparse(
      {
        status: job.status,
        created_at: time(job.created_at),
        total_count: job.total_count,
        completed_count: job.completed_count,
        failed_count: job.failed_count,
        completed_at: time(job.completed_at),
        expires_at: time(job.expires_at),
        started_at: time(job.started_at),
      },
      fieldsOf(call, "profile-bulk-import-job"),
    ),
    relationships: {
      lists: relation(call, JOBS, job.id, "lists", lists),
      profiles: relation(call, JOBS, job.id, "profiles"),
      "import-errors": { links: { related } },
    },
    links: { self: resourceLink(call, JOBS, job.id) },
  };
}

function errorResource(call: Call, error: ImportError): object {
  return {
    type: "import-error",
    id: error.id,
    attributes: sparse(
      {
        code: error.code,
        title: error.title,
        detail: error.detail,
        source: { pointer: error.pointer },
        // Whether the real one has the JSON:API shape here is not known.
        original_payload: error.original,
      },
      fieldsOf(call, "import-error"),
    ),
  };
}
