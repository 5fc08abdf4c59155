import { maskLine } from "../../mapping/diagnostics/mask-secrets.ts";
import { counted } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { exactElement } from "../parts/time-element.ts";
import type { DiffLine } from "./line-diff.ts";
import { lineDiff } from "./line-diff.ts";
import { readVersion } from "./mapping-in-use.ts";
import type { MappingView } from "./mapping-view.ts";
import { mappingEffects } from "../../words/mapping-words.ts";

/** The versions, and what one of them changed: line by line, and in words. */
export function changesPart({ versions, compared }: MappingView): Safe {
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Changes</h2>
    ${compared === null ? null : comparison(compared)}
    <h3>Versions</h3>
    <ul class="versions">
      ${versions.map(
        ({ version, loadedAt }) =>
          html`<li>
            <a
              href="/mapping?show=changes&version=${version}"
              ${version === compared?.now.version && html`aria-current="true"`}
              >Version ${version}</a
            >
            <span class="muted">in use from ${exactElement(loadedAt)}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function comparison({ now, before }: NonNullable<MappingView["compared"]>): Safe {
  if (before === null)
    return html`<p>Version ${now.version} was the first; there is nothing to compare it with.</p>`;
  const stretches = lineDiff(before.source, now.source);
  const [old, fresh] = [readVersion(before).mapping, readVersion(now).mapping];
  const effects = old === null || fresh === null ? [] : mappingEffects(old, fresh);
  return html`<h3>From version ${before.version} to ${now.version}</h3>
    ${
      effects.length === 0
        ? html`<p>Nothing of what is synced changed.</p>`
        : html`<ul>
            ${effects.map((effect) => html`<li>${effect}</li>`)}
          </ul>`
    }
    ${stretches.length === 0 ? null : diff(stretches)}`;
}

const SIGNS = { same: " ", gone: "−", new: "+" } as const;
const SPOKEN = { same: "", gone: "removed: ", new: "added: " } as const;

function diff(stretches: readonly (readonly DiffLine[])[]): Fragment {
  const all = stretches.flat();
  const added = all.filter(({ kind }) => kind === "new").length;
  const gone = all.filter(({ kind }) => kind === "gone").length;
  return html`<p class="muted">${counted(added, "line")} added, ${counted(gone, "line")} removed.</p>
    <div class="scroll code" role="region" aria-label="What changed, line by line" tabindex="0">
      ${stretches.map(
        (lines) =>
          html`<ul class="diff">
            ${lines.map(
              ({ kind, text, line }, index) =>
                html`<li class="${kind}">
                  <span class="line-number" aria-hidden="true">${line}</span
                  ><span aria-hidden="true">${SIGNS[kind]} </span><span class="unseen">${SPOKEN[kind]}</span
                  ><code>${maskLine(text, lines[index - 1]?.text ?? "")}</code>
                </li>`,
            )}
          </ul>`,
      )}
    </div>`;
}
