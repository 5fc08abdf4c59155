import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import { LIMITED_ACTIONS } from "../../plan/changes.ts";
import { allowedOf } from "../../plan/limits.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { ACTION_WORDS } from "../mapping/dry-run-part.ts";
import { limitWords } from "../../words/mapping-words.ts";
import { timeElement } from "../parts/time-element.ts";
import { alertsSection } from "./alerts-section.ts";
import { accountSection } from "./account-section.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { endpointsSection } from "./endpoints-section.ts";
import { peopleSection } from "./people-section.ts";
import { scopeNeeds } from "./scope-needs.ts";
import { sessionsSection } from "./sessions-section.ts";
import type { SettingsView } from "./settings-view.ts";
import { wordOf } from "../../words/word-of.ts";

/** What Tandem is connected to, with which rights, how much it may do, and who may use this page. */
export function settingsPage(view: SettingsView): Safe {
  return html`
    <h1>Settings</h1>
    <p>These settings come from the mapping file and the environment. This page does not change them.</p>
    ${SIDES.map((side) => accountSection(view, side))} ${scopes(view)} ${quotas(view)}
    ${endpointsSection(view.health, view.frame.now)} ${schedule(view)}
    ${alertsSection({ ...view, mapping: view.used?.mapping ?? null })} ${limits(view)} ${peopleSection(view)}
    ${sessionsSection(view.frame, view.sessions)} ${system(view)} ${copyable(view)}
  `;
}

const SCOPE_STATES = {
  there: { label: "There", tone: "ok" },
  missing: { label: "Missing", tone: "bad" },
  unknown: { label: "Shows in use", tone: "info" },
} as const;

function scopes({ used, notes }: SettingsView): Fragment {
  if (used === null || used.mapping === null) return null;
  return html`<section aria-labelledby="scopes">
    <h2 id="scopes">Scopes</h2>
    <table class="stacks" role="table">
      <caption>
        What the keys need for this mapping. Reading is tried once a day; whether a key may write shows when
        it does.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${["Scope", "Account", "What for", "The key"].map(
            (head) => html`<th scope="col" role="columnheader">${head}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${scopeNeeds(used.mapping, notes).map(({ side, scope, feature, state }) => {
          const { label, tone } = SCOPE_STATES[state];
          return html`<tr role="row">
            <th scope="row" role="rowheader" data-label="Scope"><code>${scope}</code></th>
            <td role="cell" data-label="Account">${SIDE_NAMES[side]}</td>
            <td role="cell" data-label="What for">${feature}</td>
            <td role="cell" data-label="The key"><span class="tag ${tone}">${label}</span></td>
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

function quotas({ notes, used, frame }: SettingsView): Safe {
  const rows = SIDES.flatMap((side) => (notes[side]?.quotas ?? []).map((quota) => ({ side, ...quota })));
  const share = used?.mapping?.limits.apiShare;
  return html`<section aria-labelledby="quotas">
    <h2 id="quotas">Limits of the accounts</h2>
    ${
      share !== undefined &&
      html`<p>
        Of each limit Tandem uses at most
        ${SIDES.map((side) => `${Math.round(share[side] * 100)} % in ${SIDE_NAMES[side]}`).join(" and ")}.
      </p>`
    }
    ${
      rows.length === 0
        ? html`<p>The accounts have told nothing of their limits yet.</p>`
        : html`<div class="scroll" role="region" aria-label="Table of the limits" tabindex="0">
            <table>
              <caption class="unseen">
                Limits as each account told them last
              </caption>
              <thead>
                <tr>
                  <th scope="col">Account</th>
                  <th scope="col">Limit</th>
                  <th scope="col" class="right">Allowed</th>
                  <th scope="col" class="right">Left</th>
                  <th scope="col">Told</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ({ side, name, limit, left, at }) =>
                    html`<tr>
                      <th scope="row">${SIDE_NAMES[side]}</th>
                      <td>${name}</td>
                      <td class="right">${grouped(limit)}</td>
                      <td class="right">${grouped(left)}</td>
                      <td>${timeElement(new Date(at), frame.now)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

/** Lanes as the overview names them. */
const SCHEDULED: Readonly<Record<string, string>> = {
  contacts: "Contacts, both sides",
  consent: "Opt-outs",
  engagement: "Engagement",
  reconcile: "Full comparison",
};

function schedule({ nextRuns, used, frame }: SettingsView): Safe {
  const quiet = used?.mapping?.schedule.quiet ?? [];
  return html`<section aria-labelledby="schedule">
    <h2 id="schedule">Schedule</h2>
    ${
      nextRuns.length === 0
        ? html`<p>This process runs no lanes; another one does.</p>`
        : html`<div class="scroll" role="region" aria-label="Table of the lanes" tabindex="0">
            <table>
              <caption class="unseen">
                When each lane runs
              </caption>
              <thead>
                <tr>
                  ${["Lane", "Times", "Time zone", "Next"].map((head) => html`<th scope="col">${head}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${nextRuns.map(
                  ({ name, schedule, timezone, at }) =>
                    html`<tr>
                      <th scope="row">${wordOf(SCHEDULED, name) ?? name}</th>
                      <td><code>${schedule}</code></td>
                      <td>${timezone}</td>
                      <td>${at === null ? "not again" : timeElement(at, frame.now)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${quiet.length > 0 && html`<p>${counted(quiet.length, "quiet time")} in which only opt-outs sync.</p>`}
  </section>`;
}

/** What of a run's counts a limit is of; what is not counted by itself is blank. */
const USED_BY: Readonly<Partial<Record<(typeof LIMITED_ACTIONS)[number], string>>> = {
  creates: "created",
  updates: "updated",
  unsubscribes: "carried",
  subscribes: "asked",
};

function limits({ used, linked, lastRun }: SettingsView): Fragment {
  const rules = used?.mapping?.limits;
  if (rules === undefined) return null;
  const last = (word: string | undefined): Fragment =>
    word === undefined || lastRun === null ? null : grouped(lastRun.counts[word] ?? 0);
  return html`<section aria-labelledby="limits">
    <h2 id="limits">Safety limits</h2>
    <div class="scroll" role="region" aria-label="Table of the safety limits" tabindex="0">
      <table>
        <caption>
          What one run may do on each side, with ${counted(linked, "linked person", "linked people")}, and
          what the last one did on both
        </caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="right">In the mapping</th>
            <th scope="col" class="right">Allowed now</th>
            <th scope="col" class="right">Last run</th>
          </tr>
        </thead>
        <tbody>
          ${LIMITED_ACTIONS.map(
            (action) =>
              html`<tr>
                <th scope="row">${ACTION_WORDS[action]}</th>
                <td class="right">${limitWords(rules[action])}</td>
                <td class="right">${grouped(allowedOf(action, rules, linked))}</td>
                <td class="right">${last(USED_BY[action])}</td>
              </tr>`,
          )}
          <tr>
            <th scope="row">Changed people in one run that need approval</th>
            <td class="right">${rules.approvalAbove === null ? "no limit" : grouped(rules.approvalAbove)}</td>
            <td class="right">${rules.approvalAbove === null ? "" : grouped(rules.approvalAbove)}</td>
            <td></td>
          </tr>
        </tbody>
      </table>
    </div>
    ${lastRun !== null && html`<p><a href="/runs/${lastRun.id}">The last run</a></p>`}
  </section>`;
}

const MEGABYTE = 1_048_576;

function system({ version, node, server, used, frame }: SettingsView): Safe {
  const rows: readonly (readonly [string, Fragment])[] = [
    ["Tandem", version],
    ["Node", node],
    ["PostgreSQL", server.version],
    ["Size of the database", `${grouped(Math.ceil(server.bytes / MEGABYTE))} MB`],
    ["Migrations", grouped(server.migrations)],
    ["Mapping", used === null ? "none yet" : html`<a href="/mapping">version ${used.version}</a>`],
    ["Connection", html`<bdi>${frame.overview.name}</bdi>`],
  ];
  return html`<section aria-labelledby="system">
    <h2 id="system">This installation</h2>
    <dl>
      ${rows.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** For somebody who is asked for help: no address, no name, no key. */
function copyable(view: SettingsView): Safe {
  return html`<section aria-labelledby="diagnostics">
    <h2 id="diagnostics">Diagnostics</h2>
    <p>For support. Contains no email addresses, names or keys.</p>
    <p><button type="button" data-copy="diagnostics-text" hidden>Copy diagnostics</button></p>
    <details>
      <summary>Show diagnostics</summary>
      <pre id="diagnostics-text" class="code" role="region" aria-label="Text of the diagnostics" tabindex="0">
${JSON.stringify(diagnosticsOf(view), null, 2)}</pre>
    </details>
  </section>`;
}
