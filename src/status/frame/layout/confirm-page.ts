import type { Fragment, Safe } from "./html.ts";
import { html } from "./html.ts";
import type { Frame } from "./layout.ts";
import { csrfField } from "./layout.ts";

/** Something that is asked once more before it is done. */
export interface Confirmation {
  readonly title: string;
  /** What will be done to how many, a paragraph each. */
  readonly words: readonly string[];
  /** Where the form goes. */
  readonly action: string;
  readonly button: string;
  /** What the form carries along, and what else it asks for. */
  readonly fields: Fragment;
  /** What was wrong with the last try, and the id of the field. */
  readonly wrong: { readonly words: string; readonly field: string } | null;
  /** Where to go for not doing it. */
  readonly back: string;
}

/** Says what is about to be done, and does it only when the button is pressed; works without scripts. */
export function confirmPage(frame: Pick<Frame, "shell">, confirmation: Confirmation): Safe {
  const { title, words, action, button, fields, wrong, back } = confirmation;
  return html`
    ${
      wrong !== null &&
      html`<div class="summary bad" role="alert" tabindex="-1" id="problem">
        <h2>There is a problem</h2>
        <p><a href="#${wrong.field}">${wrong.words}</a></p>
      </div>`
    }
    <h1>${title}</h1>
    ${words.map((paragraph) => html`<p>${paragraph}</p>`)}
    <form method="post" action="${action}" class="narrow">
      ${csrfField(frame.shell)} ${fields}
      <div class="buttons">
        <button type="submit" class="first">${button}</button>
        <a href="${back}">Cancel</a>
      </div>
    </form>
  `;
}
