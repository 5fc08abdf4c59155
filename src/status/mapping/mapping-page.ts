import { counted } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { mappingText, textLines } from "./file-part.ts";
import { addressOf } from "../parts/query-parts.ts";
import { timeElement } from "../parts/time-element.ts";
import { changesPart } from "./changes-part.ts";
import { diagnosticList } from "./diagnostic-list.ts";
import { dryRunPart } from "./dry-run-part.ts";
import { fieldsPart } from "./fields-part.ts";
import { heldPart } from "./held-part.ts";
import { limitsPart } from "./limits-part.ts";
import type { MappingView, Part } from "./mapping-view.ts";
import { PARTS } from "./mapping-view.ts";
import { rulesPart } from "./rules-part.ts";

/** What is in sync, as the file says it: read-only, since the file is the truth. */
export function mappingPage(view: MappingView): Safe {
  const { used, frame, part } = view;
  return html`
    <h1>Mapping</h1>
    <p>
      <bdi>${frame.overview.name}</bdi>, version ${used.version}, in use since
      ${timeElement(used.loadedAt, frame.now)}. Edit the mapping file to change it. Changes apply
      automatically when you save.
    </p>
    ${onDisk(view)} ${tabs(view)} ${partOf(view, part)}
  `;
}

/** The page before anything was ever started. */
export function noMappingPage(): Safe {
  return html`<h1>Mapping</h1>
    <p>
      No mapping is in use yet. <code>tandem init</code> writes a first one, and
      <code>tandem start</code> uses it.
    </p>`;
}

function tabs({ part, used, hold }: MappingView): Safe {
  const counts: Partial<Record<Part, number>> = {
    fields: used.mapping?.fields.length ?? 0,
    rules: used.mapping?.rules.length ?? 0,
    held: hold?.waiting.changes ?? 0,
  };
  return html`<nav class="tabs" aria-label="Parts of the mapping">
    <ul>
      ${PARTS.map(
        ({ part: one, label }) =>
          html`<li>
            <a
              href="${addressOf("/mapping", { show: one === "fields" ? null : one })}"
              ${one === part && html`aria-current="page"`}
              >${label}${(counts[one] ?? 0) > 0 && html` <span class="count">${counts[one] ?? 0}</span>`}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

function partOf(view: MappingView, part: Part): Fragment {
  switch (part) {
    case "fields":
      return fieldsPart(view);
    case "rules":
      return rulesPart(view);
    case "file":
      return mappingText(view);
    case "changes":
      return changesPart(view);
    case "limits":
      return limitsPart(view);
    case "held":
      return heldPart(view);
    case "dry-run":
      return dryRunPart(view);
  }
}

/** A file on the disk that is not the one in use, and why. */
function onDisk({ disk, used, part }: MappingView): Fragment {
  if (disk === null) return null;
  const errors = disk.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0)
    return html`<p class="banner info">
      <span
        >The file on the disk differs from version ${used.version} and is valid. Tandem will use it in a
        moment.</span
      >
    </p>`;
  return html`<div class="summary bad" role="alert">
      <h2>The file on the disk has ${counted(errors.length, "error")} and is not in use</h2>
      <p>Version ${used.version} keeps running.</p>
      ${diagnosticList(disk.diagnostics)}
    </div>
    ${
      part === "file" &&
      html`<h2>The file on the disk</h2>
        ${textLines(disk.text, disk.diagnostics, "D")}`
    }`;
}
