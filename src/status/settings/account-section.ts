import type { SecretRef } from "../../model/keys/secret-ref.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { timeElement } from "../parts/time-element.ts";
import type { VersionEnd } from "./api-versions.ts";
import { hubspotVersion, klaviyoRevision } from "./api-versions.ts";
import type { SettingsView } from "./settings-view.ts";

/** Where a secret is, never what it is. */
function secretWords(ref: SecretRef): string {
  return "env" in ref ? `environment variable ${ref.env}` : `file ${ref.file}`;
}

/** One of the two accounts: whose it is, where its key is kept, and until when its API version is answered. */
export function accountSection({ used, notes, frame }: SettingsView, side: Side): Safe {
  const note = notes[side];
  const mapping = used?.mapping ?? null;
  const rows: readonly (readonly [string, Fragment])[] = [
    ["Account", note?.account?.name ?? "not told yet"],
    ["Number", note?.account?.id ?? frame.overview.accounts[side] ?? "not told yet"],
    ...(mapping === null ? [] : ([["Key", secretWords(mapping[side].token)]] as const)),
    ...(mapping === null || mapping[side].baseUrl === null
      ? []
      : ([["Address", html`<code>${mapping[side].baseUrl}</code>`]] as const)),
    ...(mapping === null
      ? []
      : ([
          [
            "API version",
            versionWords(
              side === "hubspot"
                ? hubspotVersion(mapping.hubspot.apiVersion)
                : klaviyoRevision(mapping.klaviyo.revision),
              frame.now,
            ),
          ],
        ] as const)),
    ...(note === null
      ? []
      : ([
          ["Clock", `${grouped(Math.round(Math.abs(note.skewMs) / 1_000))} s from ours`],
          ["Told", timeElement(note.toldAt, frame.now)],
        ] as const)),
  ];
  return html`<section aria-labelledby="${side}">
    <h2 id="${side}">${SIDE_NAMES[side]}</h2>
    <dl>
      ${rows.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd><bdi>${value}</bdi></dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** Half a year to move to another version is soon. */
const SOON_MS = 182 * 86_400_000;

function versionWords({ version, ends, rule }: VersionEnd, now: Date): Safe {
  if (ends === null) return html`${version}`;
  const left = ends.getTime() - now.getTime();
  const tag =
    left < 0
      ? html`<span class="tag bad">Ended</span>`
      : left < SOON_MS
        ? html`<span class="tag warn">Ends soon</span>`
        : html`<span class="tag ok">Supported</span>`;
  return html`${version}, until ${ends.toISOString().slice(0, 10)} ${tag}
    <p class="muted">${rule}.</p>`;
}
