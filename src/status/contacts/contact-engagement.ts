import type { PersonEngagement } from "../../store/feeds/engagement-person.ts";
import { personEngagements } from "../../store/feeds/engagement-person.ts";
import type { Fate } from "../../store/feeds/engagement-rows.ts";
import type { ContactSection } from "./contact-sections.ts";
import { DEED_WORDS, FATE_WORDS, messageWords } from "../../words/engagement-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import { timeElement } from "../parts/time-element.ts";
import type { Store } from "../../store/database/store.ts";

/** The last that are shown: more than a screen is for Klaviyo. */
const EVENTS_SHOWN = 25;

/** What somebody did last with Klaviyo's messages, what became of each event in HubSpot, and why. */
export function contactEngagement(store: Store): ContactSection {
  return {
    key: "engagements",
    async read({ plan }, now) {
      const { email } = plan.known.link;
      const engagements = await personEngagements(store, email, EVENTS_SHOWN);
      return {
        content: section(engagements, now),
        document: engagements,
        shown: engagements.map(shownEvent),
      };
    },
  };
}

function shownEvent({ engagement, fate, reason }: PersonEngagement): object {
  const { at, kind, source, url, detail } = engagement;
  const { kind: of, name } = source;
  const message = messageWords(engagement);
  return {
    at,
    kind,
    message,
    url,
    detail,
    source: of === "unknown" ? null : { kind: of, name },
    fate,
    reason,
  };
}

function section(engagements: readonly PersonEngagement[], now: Date): Safe {
  return html`<section aria-labelledby="engagement">
    <h2 id="engagement">Engagement</h2>
    ${
      engagements.length === 0
        ? html`<p>Tandem has read no event of this person from Klaviyo.</p>`
        : table(engagements, now)
    }
  </section>`;
}

function table(engagements: readonly PersonEngagement[], now: Date): Safe {
  return stackedTable(
    html`${engagements.length < EVENTS_SHOWN ? "What this person did with Klaviyo’s messages, the latest first" : `The last ${EVENTS_SHOWN} things that this person did with Klaviyo’s messages, the latest first`}`,
    ["Time", "Event", "In HubSpot"],
    engagements.map((one) => row(one, now)),
  );
}

function row({ engagement, fate, reason }: PersonEngagement, now: Date): Safe {
  const { at, kind, source, url, detail, byMachine } = engagement;
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Time">${timeElement(new Date(at), now)}</th>
    <td role="cell" data-label="Event">
      <p>${DEED_WORDS[kind]} <bdi>${messageWords(engagement)}</bdi></p>
      ${url !== null && html`<p class="name muted"><bdi>${url}</bdi></p>`}
      ${detail !== null && html`<p class="muted"><bdi>${detail}</bdi></p>`}
      ${source.kind !== "unknown" && source.name !== null && html`<p class="muted">${source.kind} <bdi>${source.name}</bdi></p>`}
    </td>
    <td role="cell" data-label="In HubSpot">
      <p><span class="tag ${TONES[fate]}">${FATE_WORDS[fate]}</span></p>
      ${whyWords(reason, byMachine)}
    </td>
  </tr>`;
}

function whyWords(reason: string, byMachine: boolean): Fragment {
  if (reason !== "") return html`<p class="muted">${reason}</p>`;
  return byMachine && html`<p class="muted">Klaviyo takes it for a machine’s</p>`;
}

const TONES: Readonly<Record<Fate, string>> = {
  new: "info",
  future: "info",
  machine: "",
  out_of_scope: "",
  repeat: "",
  unknown: "",
  waiting: "info",
  sent: "info",
  recorded: "ok",
  failed: "bad",
  erased: "",
};
