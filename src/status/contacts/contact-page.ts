import { SIDES, SIDE_NAMES, otherSide } from "../../model/side.ts";
import type { UndoableConflict } from "../../store/writes/conflict-undos.ts";
import type { ContactTimes } from "../../store/people/contact-times.ts";
import type { IgnoredNote } from "../../store/pages/failing-contacts.ts";
import type { PersonAct } from "../../store/people/person-acts.ts";
import type { StoredProblem } from "../../store/pages/overview.ts";
import { contactConflicts, contactHistory } from "./contact-history.ts";
import { contactFields } from "./contact-fields.ts";
import type { ContactUrls } from "./contact-link.ts";
import { contactLink } from "./contact-link.ts";
import { stateTag } from "./contacts-page.ts";
import type { ContactReading } from "./contact-read.ts";
import { readingLine } from "./contact-read.ts";
import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import { nextWords } from "../../words/field-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";
import { ignoredWords } from "../../words/ignored-words.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { problemOf } from "../parts/problem-block.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";

/** What the page of one contact shows. */
export interface ContactView {
  readonly frame: Frame;
  readonly person: ExplainedPerson;
  readonly reading: ContactReading;
  readonly name: string | null;
  readonly problems: readonly StoredProblem[];
  readonly conflicts: readonly UndoableConflict[];
  readonly acts: readonly PersonAct[];
  readonly ignored: IgnoredNote | null;
  readonly times: ContactTimes;
  /** What the sections say of a person in a word, to stand beside their state. */
  readonly tags: readonly Fragment[];
  readonly show: "all" | "differences";
  readonly contactUrls: ContactUrls;
  /** Consent, engagement and whatever else is known of a person: see `contact-sections.ts`. */
  readonly sections: readonly Fragment[];
}

/** One person in full: where they are, what each side shows, who wins and why, what happens next, and what was done. */
export function contactPage(view: ContactView): Safe {
  const { frame, person, name, problems, conflicts, ignored, times, tags, sections } = view;
  const { plan, history } = person;
  const { link, duplicates } = plan.known;
  const role = frame.shell.visitor?.role ?? "viewer";
  return html`
    ${problems.length > 1 && link.state === "failing" && summary(problems)}
    <h1>${name !== null && html`<bdi>${name}</bdi> – `}<bdi>${personAddress(link.email)}</bdi></h1>
    <p class="facts">${stateTag(link.state)} ${tags}</p>
    <dl class="identity">
      ${SIDES.map(
        (side) =>
          html`<div>
            <dt>${SIDE_NAMES[side]}</dt>
            <dd>
              ${
                link.ids[side] === null
                  ? "No contact linked"
                  : html`<code>${link.ids[side]}</code>
                      ${contactLink(side, link.ids[side], view.contactUrls, link.email)}${changedWords(times.changedAt[side], frame.now)}`
              }
            </dd>
          </div>`,
      )}
      <div>
        <dt>Syncs</dt>
        <dd>${waysOf(person)}</dd>
      </div>
      <div>
        <dt>Linked</dt>
        <dd>By email address, ${timeElement(times.linkedAt, frame.now)}</dd>
      </div>
    </dl>
    ${ignored !== null && html`<p class="banner info"><span>${ignoredWords(ignored, frame.now)}</span></p>`}
    ${SIDES.flatMap((side) =>
      duplicates[side].length === 0
        ? []
        : [
            html`<p>
              Other ${SIDE_NAMES[side]} contacts with this email address: ${duplicates[side].join(", ")}
            </p>`,
          ],
    )}
    ${mayDo(role, "operator") && actions(view)}
    ${
      problems.length > 0 &&
      html`<section aria-labelledby="problems">
        <h2 id="problems">What is wrong</h2>
        ${problems.map((problem, index) => html`<div class="problem" id="problem-${index}">${problemOf(problem, true)}</div>`)}
      </section>`
    }
    <p><strong>The next run will:</strong> ${nextWords(plan)}</p>
    ${readingLine(view.reading, frame, link.id)} ${contactFields(plan, history, view.show, frame.now)}
    ${sections} ${contactConflicts(conflicts, mayDo(role, "admin"), frame.now)}
    ${contactHistory(history.entries, view.acts, frame.now)}
  `;
}

/** Which way this contact's fields sync, and the rules that say so. */
function waysOf({ plan }: ExplainedPerson): Fragment {
  const ways = SIDES.flatMap((side) => {
    const rules = plan.known.sightings[side]?.rules ?? [];
    const way = `${SIDE_NAMES[side]} → ${SIDE_NAMES[otherSide(side)]}`;
    return rules.length === 0 ? [] : [`${way}, because of ${rules.map((id) => `rule ${id}`).join(" and ")}`];
  });
  if (ways.length > 0) return ways.map((way) => html`<p>${way}</p>`);
  return plan.reason === "" ? "Nothing: no rule of the mapping matches" : plan.reason;
}

/** When somebody last changed the contact there, as the system itself tells it. */
function changedWords(at: Date | null, now: Date): Fragment {
  return (
    at !== null && at.getTime() > 0 && html` <span class="muted">changed there ${timeElement(at, now)}</span>`
  );
}

function summary(problems: readonly StoredProblem[]): Safe {
  return html`<div class="summary bad">
    <h2>There is a problem</h2>
    <ul>
      ${problems.map(({ title }, index) => html`<li><a href="#problem-${index}">${title}</a></li>`)}
    </ul>
  </div>`;
}

function actions({ frame, person }: ContactView): Safe {
  const { id, state } = person.plan.known.link;
  const address = `/contacts/${String(id)}`;
  const button = (to: string, words: string, first: boolean): Safe =>
    html`<form method="post" action="${address}/${to}" class="bare">
      ${csrfField(frame.shell)}
      <button type="submit" class="${first ? "first" : ""}">${words}</button>
    </form>`;
  return html`<div class="actions">
    ${state === "failing" && button("retry", "Retry now", true)}
    ${state === "ignored" ? button("resume", "Stop ignoring", true) : button("pause", "Ignore…", false)}
    ${
      mayDo(frame.shell.visitor?.role ?? "viewer", "admin") &&
      html`${button("export", "Export", false)} ${button("erase", "Erase…", false)}`
    }
    <a href="${address}/raw">Requests</a>
  </div>`;
}
