import { RECORD_AS } from "../../model/engagement.ts";
import type { RecordAs } from "../../model/engagement.ts";
import { SINK_FACTS } from "../engagement/sinks.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Place } from "../frame/layout/places.ts";
import { PLACES } from "../frame/layout/places.ts";
import { STATES } from "../../words/state-words.ts";
import { HEALTH_LABELS, HEALTH_MEANINGS } from "../../words/health-words.ts";
import { NEVER } from "../../words/help-words.ts";

/** What the help page depends on. */
export interface HelpView {
  /** The places that there are pages of. */
  readonly places: ReadonlySet<Place>;
  /** How the mapping shows engagement in HubSpot; `null` where it does not. */
  readonly recordAs: RecordAs | null;
}

/** The words of all pages, and where to turn. */
export function helpPage({ places, recordAs }: HelpView): Safe {
  return html`
    <h1>Help</h1>
    <section aria-labelledby="pages">
      <h2 id="pages">What each page is for</h2>
      <dl class="words">
        ${PLACES.filter(({ address }) => places.has(address)).map(
          ({ address, label, purpose }) =>
            html`<div>
              <dt><a href="${address}">${label}</a></dt>
              <dd>${purpose}</dd>
            </div>`,
        )}
      </dl>
    </section>
    <section aria-labelledby="states">
      <h2 id="states">What the state of a contact means</h2>
      <p>Each contact has exactly one of these. An opt-out is shown beside it, because it is not an error.</p>
      <dl class="words">
        ${STATES.map(
          ({ state, label, meaning }) =>
            html`<div>
              <dt><a href="/contacts?state=${state}">${label}</a></dt>
              <dd>${meaning}</dd>
            </div>`,
        )}
      </dl>
    </section>
    <section aria-labelledby="health">
      <h2 id="health">What the word at the top means</h2>
      <dl class="words">
        ${Object.entries(HEALTH_MEANINGS).map(
          ([word, meaning]) =>
            html`<div>
              <dt>${HEALTH_LABELS[word as keyof typeof HEALTH_MEANINGS].label}</dt>
              <dd>${meaning}</dd>
            </div>`,
        )}
      </dl>
    </section>
    <section aria-labelledby="never">
      <h2 id="never">What Tandem never does</h2>
      <ul>
        ${NEVER.map((promise) => html`<li>${promise}</li>`)}
      </ul>
    </section>
    ${showing(recordAs)} ${asking()}
  `;
}

function showing(recordAs: RecordAs | null): Safe {
  const ways = recordAs === null ? RECORD_AS : [recordAs];
  return html`<section aria-labelledby="activities">
    <h2 id="activities">How to show the activities in HubSpot</h2>
    ${
      recordAs === null &&
      html`<p>The mapping shows none yet. Once it has an <code>engagement</code> section:</p>`
    }
    ${ways.map(
      (way) =>
        html`<h3>${SINK_FACTS[way].label}</h3>
          <ol>
            ${SINK_FACTS[way].show.map((step) => html`<li>${step}</li>`)}
          </ol>`,
    )}
    <p><a href="/engagement">See how much HubSpot shows</a></p>
  </section>`;
}

function asking(): Safe {
  return html`<section aria-labelledby="asking">
    <h2 id="asking">How to ask for help</h2>
    <ol>
      <li>
        If it is about one person, <a href="/contacts">find them</a>: their page says what is wrong, and who
        can fix it how.
      </li>
      <li>
        Copy the URL of the page. It contains your filters, so others see the same. If a page failed, copy its
        reference, too.
      </li>
      <li>
        Copy the <a href="/settings#diagnostics">diagnostics</a>: numbers, codes, versions and times, without
        the names of people, accounts or lists, and without keys.
      </li>
      <li>
        Send these to the people who run Tandem for you. They have the log, and <code>tandem doctor</code>,
        which asks both systems what is missing.
      </li>
    </ol>
    <p>Never send keys or passwords. Support doesn't need them.</p>
  </section>`;
}
