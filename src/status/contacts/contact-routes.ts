import { z } from "zod";
import type { StatusActions } from "../status-actions.ts";
import { confirmPage } from "../frame/layout/confirm-page.ts";
import type { ContactUrls } from "./contact-link.ts";
import { contactForViewers } from "./contact-document.ts";
import { contactPage } from "./contact-page.ts";
import { contactReading } from "./contact-read.ts";
import type { ContactSection } from "./contact-sections.ts";
import { nearContacts } from "./near-contacts.ts";
import { contactsAddress, contactsPage } from "./contacts-page.ts";
import type { PageTasks } from "../../service/page-tasks.ts";
import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { ignoreFields, readIgnoreForm } from "../errors/ignore-form.ts";
import { linkId } from "../parts/link-selection.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import { rawPage } from "../frame/layout/raw-page.ts";
import { mayDo, searchInOf } from "../frame/access/role.ts";
import { searchWords } from "../parts/search-text.ts";
import { STATES } from "../../words/state-words.ts";
import type { StatusReader } from "../status-reader.ts";

/** What the contact pages need. */
export interface ContactDeps {
  readonly read: StatusReader;
  readonly act: StatusActions;
  readonly now: () => Date;
  readonly explain: (linkId: bigint) => Promise<ExplainedPerson | null>;
  readonly contactSections?: readonly ContactSection[];
  readonly contactUrls?: () => ContactUrls;
  readonly tasks?: PageTasks;
}

const empty = (value: unknown): unknown => (value === "" ? undefined : value);
const listParameters = z.object({
  q: z.preprocess(empty, searchWords.optional()),
  email: z.preprocess(empty, searchWords.optional()),
  state: z.preprocess(
    empty,
    z
      .enum(
        STATES.map(({ state }) => state),
        "one of the five states",
      )
      .optional(),
  ),
  page: z.preprocess(empty, z.coerce.number("a number from 1").int().min(1).max(1_000_000).default(1)),
});
const params = z.object({ id: linkId });
const NOBODY: Answer = { kind: "told", status: 404, message: NOT_FOUND };

/** Everybody, and one in full with what can be done about them. */
export function contactRoutes(deps: ContactDeps): readonly StatusPage[] {
  const one = (
    address: string,
    method: "GET" | "POST",
    answer: (wanted: PageRequest, id: bigint) => Promise<Answer>,
  ): StatusPage => ({
    ...(method === "POST" ? { method } : {}),
    address: `/contacts/:id${address}`,
    place: "/contacts",
    answer: (wanted) => {
      const read = params.safeParse(wanted.params);
      return read.success ? answer(wanted, read.data.id) : Promise.resolve(NOBODY);
    },
  });
  return [
    { address: "/contacts", place: "/contacts", answer: (wanted) => list(deps, wanted) },
    one("", "GET", (wanted, id) => contact(deps, wanted, id)),
    one("/raw", "GET", async ({ frame }, id) => {
      const found = await deps.read.contact(id);
      if (found === null) return NOBODY;
      const exchanges = await deps.read.exchanges(id);
      const content = rawPage(String(id), found.email, exchanges, frame.now);
      return {
        kind: "page",
        title: `Requests: ${found.email}`,
        content,
        document: { email: found.email, exchanges },
      };
    }),
    one("/retry", "POST", async ({ visitor }, id) => {
      const done = await deps.act.retry(visitor, { kind: "ids", ids: [id] });
      const said =
        done === 0
          ? "This contact no longer fails."
          : "Retry queued. It starts now, or after the run in progress.";
      return { kind: "moved", to: `/contacts/${String(id)}`, said };
    }),
    one("/pause", "POST", (wanted, id) => pause(deps, wanted, id)),
    one("/resume", "POST", async ({ visitor }, id) => {
      await deps.act.resume(visitor, { kind: "ids", ids: [id] });
      return {
        kind: "moved",
        to: `/contacts/${String(id)}`,
        said: "Resumed. The next run syncs this contact.",
      };
    }),
  ];
}

async function list({ read }: ContactDeps, { query: given, frame, visitor }: PageRequest): Promise<Answer> {
  const parsed = listParameters.safeParse(given);
  if (!parsed.success) {
    const words = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return { kind: "told", status: 400, message: { title: "There is a problem with this search", words } };
  }
  const { q, email, state = null, page } = parsed.data;
  const search = email ?? q ?? null;
  // An address that somebody has leads to them: two actions are enough to read why a contact fails.
  const searchIn = searchInOf(visitor.role);
  const sought = searchIn === "everything" ? search : null;
  const exact = sought?.includes("@") === true && state === null ? await read.linkOfEmail(key(sought)) : null;
  if (exact !== null) return { kind: "moved", to: `/contacts/${exact}` };
  const query = { search: search === "" ? null : search, searchIn, state, page };
  const found = await read.contacts(query);
  if (found.page !== page) return { kind: "moved", to: contactsAddress({ ...query, page: found.page }) };
  const near = found.total === 0 && sought !== null ? await nearContacts(read, key(sought)) : [];
  return {
    kind: "page",
    title: found.pages > 1 ? `Contacts (page ${found.page} of ${found.pages})` : "Contacts",
    content: contactsPage({ role: visitor.role, query, found, near }),
    document: { connection: frame.overview.name, at: frame.now, query, ...found, near },
  };
}

function key(search: string): string {
  return search.trim().toLowerCase().normalize("NFC");
}

async function contact(
  deps: ContactDeps,
  { query, frame, visitor }: PageRequest,
  id: bigint,
): Promise<Answer> {
  const { read } = deps;
  const [found, times, person] = await Promise.all([
    read.contact(id),
    read.contactTimes(id),
    deps.explain(id),
  ]);
  if (found === null || times === null) return NOBODY;
  if (person === null) {
    const words = [
      `Tandem sent a change for ${found.email} and has no answer yet. It reads the contact again first.`,
      "Try again after the next run.",
    ];
    return {
      kind: "told",
      status: 503,
      message: { title: "A change to this contact is in progress", words },
    };
  }
  const [conflicts, acts] = await Promise.all([read.conflicts(id), read.acts(id)]);
  const sections: Fragment[] = [];
  const tags: Fragment[] = [];
  const documents: Record<string, unknown> = {};
  const shown: Record<string, unknown> = {};
  for (const section of deps.contactSections ?? []) {
    const told = await section.read(person, frame.now);
    sections.push(told?.content ?? null);
    tags.push(told?.tag ?? null);
    documents[section.key] = told?.document ?? null;
    shown[section.key] = told?.shown ?? null;
  }
  const differs = person.plan.merged.some(
    ({ merge }) => merge.kind !== "settled" || merge.because !== "same",
  );
  const { show } = z
    .object({ show: z.enum(["all", "differences"]).catch(differs ? "differences" : "all") })
    .parse(query);
  const { name, problems, ignored } = found;
  const contactUrls = deps.contactUrls?.() ?? { hubspot: null, klaviyo: null };
  const reading = contactReading(frame, deps.tasks, id);
  const parts = { person, name, problems, conflicts, acts, ignored, times, show };
  const content = contactPage({ frame, reading, ...parts, tags, contactUrls, sections });
  if (!mayDo(visitor.role, "operator")) {
    const document = { ...contactForViewers(parts), readAt: reading.at, ...shown };
    return { kind: "page", title: found.email, content, document };
  }
  const document = {
    ...person.plan,
    ...times,
    readAt: reading.at,
    reading: reading.task?.state.kind ?? null,
    name,
    problems,
    ignored,
    history: person.history,
    conflicts,
    acts,
    ...documents,
  };
  return { kind: "page", title: found.email, content, document };
}

async function pause(deps: ContactDeps, wanted: PageRequest, id: bigint): Promise<Answer> {
  const found = await deps.read.contact(id);
  if (found === null) return NOBODY;
  const { body, frame, visitor } = wanted;
  const sent = z.object({ reason: z.string() }).safeParse(body).success;
  const form = sent ? readIgnoreForm(body, deps.now()) : null;
  if (form?.ok === true) {
    await deps.act.ignore(visitor, { kind: "ids", ids: [id] }, form.terms);
    return {
      kind: "moved",
      to: `/contacts/${String(id)}`,
      said: "Ignored: Tandem no longer writes fields of this contact. Opt-outs still sync.",
    };
  }
  const wrong = form?.wrong ?? null;
  const title = `Ignore ${found.email}?`;
  const content = confirmPage(frame, {
    title,
    words: ["Tandem stops writing fields of this contact. Opt-outs still sync."],
    action: `/contacts/${String(id)}/pause`,
    button: "Ignore",
    fields: ignoreFields(body, wrong),
    wrong,
    back: `/contacts/${String(id)}`,
  });
  const status = wrong === null ? 200 : 400;
  return {
    kind: "page",
    title: wrong === null ? title : `Error: ${title}`,
    content,
    document: { wrong },
    status,
  };
}
