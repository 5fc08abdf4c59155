import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { maskLine } from "../../mapping/diagnostics/mask-secrets.ts";
import { counted } from "../../model/count-words.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { MappingView } from "./mapping-view.ts";

/** The version in use with its line numbers, which messages lead to. */
export function mappingText({ used }: MappingView): Safe {
  return html`<section aria-labelledby="file">
    <h2 id="file">The file in use, version ${used.version}</h2>
    ${
      used.diagnostics.length === 0
        ? html`<p>Nothing is wrong with it.</p>`
        : html`<p>${counted(used.diagnostics.length, "remark")}, each at its line.</p>`
    }
    ${textLines(used.source, used.diagnostics, "L")}
  </section>`;
}

/** A text line by line, each an anchor; what looks like a key is masked, though none may stand there. */
export function textLines(text: string, diagnostics: readonly Diagnostic[], anchor: "L" | "D"): Safe {
  const lines = text.replace(/\n$/, "").split("\n");
  const told = Map.groupBy(diagnostics, ({ line }) => line);
  return html`<div
    class="scroll code"
    role="region"
    aria-label="${anchor === "L" ? "Text of the mapping in use" : "Text of the file on the disk"}"
    tabindex="0"
  >
    <ol class="lines">
      ${lines.map(
        (line, index) =>
          html`<li id="${anchor}${index + 1}">
            <code>${maskLine(line, lines[index - 1] ?? "")}</code>${(told.get(index + 1) ?? []).map(
              ({ severity, code, message }) => html`<p class="remark">${severity} ${code}: ${message}</p>`,
            )}
          </li>`,
      )}
    </ol>
  </div>`;
}
