import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { Database } from "../../src/store/database/database.ts";
import type { Universe } from "./universe.ts";

const MAPPED = ["firstname", "lastname", "jobtitle", "city", "phone", "persona", "interests", "renewal_date"];

/** Everything that has to be the same in two universes: no ids, no times, no order. */
export async function outcomeOf({ rehearsal, fresh }: Universe) {
  return {
    contacts: contactsOf(rehearsal),
    profiles: profilesOf(rehearsal),
    links: await linksOf(fresh.database, rehearsal),
    problems: await problemsOf(fresh.database),
  };
}

function contactsOf({ hubspot }: Rehearsal): readonly string[] {
  return hubspot.sandbox
    .dumpContacts(null, 100_000)
    .contacts.map(({ properties, lists }) => {
      const mapped = MAPPED.map((name) => [name, properties[name] ?? ""]);
      return JSON.stringify({
        email: properties["email"],
        ...Object.fromEntries(mapped),
        lists: lists.toSorted(),
      });
    })
    .sort();
}

function profilesOf({ klaviyo }: Rehearsal): readonly string[] {
  return klaviyo.sandbox
    .dump(null, 100_000)
    .profiles.map(({ email, attributes, location, properties, ...rest }) =>
      JSON.stringify({
        email,
        first: attributes["first_name"] ?? "",
        last: attributes["last_name"] ?? "",
        title: attributes["title"] ?? "",
        phone: attributes["phone_number"] ?? "",
        city: location["city"] ?? "",
        persona: properties["Persona"] ?? "",
        interests: properties["interests"] ?? [],
        renewal: properties["renewal_date"] ?? "",
        lists: rest.lists.toSorted(),
        segments: rest.segments.toSorted(),
        consent: [rest.consent, rest.suppression, rest.list_suppressions, rest.sms_consent],
      }),
    )
    .sort();
}

async function linksOf(database: Database, { hubspot, klaviyo }: Rehearsal): Promise<readonly string[]> {
  const links = await database.link.findMany();
  const addresses = new Map([
    ...hubspot.sandbox
      .dumpContacts(null, 100_000)
      .contacts.map(({ id, properties }) => [id, properties["email"]] as const),
    ...klaviyo.sandbox.dump(null, 100_000).profiles.map(({ id, email }) => [id, email] as const),
  ]);
  const whose = (id: string | null) => (id === null ? null : (addresses.get(id) ?? "somebody who is gone"));
  return links
    .flatMap(({ emailKey, base, lists, refused, hubspotId, klaviyoId, ...link }) => {
      const { state, reason, deletedOn, dirtySince } = link;
      const row = {
        state,
        reason,
        deletedOn,
        dirty: dirtySince !== null,
        lists: lists.toSorted(),
        contact: whose(hubspotId),
        profile: whose(klaviyoId),
        // By field or by contact: either way the same is not asked for again.
        refused: Object.keys(Object(refused)).length > 0,
      };
      const agreed = Object.entries(Object(base)).map(
        ([field, held]) => `${field} ${JSON.stringify(sorted(held))}`,
      );
      return [JSON.stringify(row), ...agreed].map((text) => `${emailKey} ${text}`);
    })
    .sort();
}

async function problemsOf(database: Database): Promise<readonly string[]> {
  const problems = await database.problem.findMany({ include: { link: true } });
  return problems
    .map(({ link, code, level, side, field, retry }) =>
      [link?.emailKey ?? "the connection", code, level, side, field, retry].join(" "),
    )
    .sort();
}

/** The same content in the same order, whatever order the keys came in. */
function sorted(content: unknown): unknown {
  if (Array.isArray(content) || content === null || typeof content !== "object") return content;
  return Object.fromEntries(
    Object.entries(content)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, sorted(value)]),
  );
}

/** Addresses that more than one contact or profile has. */
export function doubles({ hubspot, klaviyo, story }: Rehearsal): readonly string[] {
  const sides = [
    hubspot.sandbox.dumpContacts(null, 100_000).contacts.map(({ properties }) => properties["email"] ?? ""),
    klaviyo.sandbox.dump(null, 100_000).profiles.map(({ email }) => email ?? ""),
  ];
  // The story begins with some people who are twice in HubSpot.
  return sides.flatMap((emails) =>
    emails.filter((email, at) => emails.indexOf(email) < at && !story.broken.twoContacts.includes(email)),
  );
}

/** All that Tandem may do to anybody, in the vendors' words. */
const ACTS = [
  "contact.create",
  "contact.update",
  "list.add",
  "list.remove",
  "profile.create",
  "profile.update",
];
const OPERATIONS = [
  "/crm/v3/objects/contacts/batch/create",
  "/crm/v3/objects/contacts/batch/update",
  "add_profiles_to_list",
  "bulk_import_profiles",
  "create_profile",
  "remove_profiles_from_list",
  "update_profile",
];

/** Everything else that was done through the API, or tried: subscribing, deleting, merging, another list. */
export function forbidden({ hubspot, klaviyo }: Rehearsal): readonly string[] {
  const { changes, calls } = {
    changes: [...hubspot.world.truth.changes, ...klaviyo.world.truth.changes],
    calls: [...hubspot.world.truth.calls, ...klaviyo.world.truth.calls],
  };
  const done = changes.flatMap(({ actor, action }) => (actor === "api" ? [action] : []));
  const called = calls.flatMap(({ mutating, operation }) => (mutating ? [operation] : []));
  return [
    ...done.filter((act) => !ACTS.includes(act)),
    ...called.filter((operation) => !OPERATIONS.includes(operation)),
  ];
}

export function mutatingCalls({ hubspot, klaviyo }: Rehearsal): number {
  return [hubspot, klaviyo].reduce(
    (sum, { world }) => sum + world.truth.calls.filter(({ mutating }) => mutating).length,
    0,
  );
}

export async function lastRun(database: Database): Promise<bigint> {
  const last = await database.run.findFirst({ orderBy: { id: "desc" } });
  return last?.id ?? 0n;
}

/** Operations that were sent in later runs than this one, and of which nobody knows yet what became of them. */
export async function openOperations(database: Database, afterRun: bigint): Promise<number> {
  const [row] = await database.$queryRaw<{ open: bigint }[]>`
    SELECT count(*) AS open FROM journal WHERE outcome = 'sent' AND run_id > ${afterRun}`;
  return Number(row?.open ?? 0);
}

/**
 * Operations that were settled as done in later runs than this one, and whose link knows nothing of it. What was
 * answered and what it means are kept together or not at all; most of it would heal by being read again, so it has to be
 * looked for at every death.
 */
export async function halfSettled(database: Database, afterRun: bigint): Promise<number> {
  const [row] = await database.$queryRaw<{ half: bigint }[]>`
    SELECT count(*) AS half FROM journal JOIN link ON link.id = journal.link_id
    WHERE journal.outcome = 'done' AND journal.kind IN ('create', 'update') AND run_id > ${afterRun}
      AND NOT EXISTS (SELECT FROM problem WHERE problem.link_id = link.id)
      AND EXISTS (
        SELECT FROM jsonb_each(journal.after) AS asked
        WHERE link.base -> asked.key IS NULL
           OR (jsonb_typeof(asked.value) = 'string' AND link.base -> asked.key -> journal.side <> asked.value))`;
  return Number(row?.half ?? 0);
}

type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

/** What only one of the two universes has. Nothing, where nobody can tell them apart. */
export function differences(killed: Outcome, peaceful: Outcome): readonly string[] {
  return (["contacts", "profiles", "links", "problems"] as const).flatMap((kind) => [
    ...killed[kind].filter((row) => !peaceful[kind].includes(row)).map((row) => `killed    ${kind} ${row}`),
    ...peaceful[kind].filter((row) => !killed[kind].includes(row)).map((row) => `peaceful  ${kind} ${row}`),
  ]);
}
