import type { Access } from "../frame/access/access.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/** What the sign-in page is to say. */
export interface SignInView {
  readonly csrf: string;
  /** Where to continue. */
  readonly next: string;
  readonly name: string;
  /** What was wrong with the last try. */
  readonly wrong: string | null;
}

/** Asks who it is: a password, or the company's own sign-in. Password managers and pasting work. */
export function signInContent(
  access: Pick<Access, "adminPassword" | "named" | "oidc">,
  view: SignInView,
): Safe {
  const withPassword = access.adminPassword !== null || access.named;
  return html`
    ${view.wrong !== null && problem(view.wrong, withPassword)}
    <h1>Sign in</h1>
    ${withPassword && passwordForm(access.named, view)}
    ${
      access.oidc !== null &&
      html`<p>
        <a class="button" href="/sign-in/oidc?next=${encodeURIComponent(view.next)}"
          >Sign in with your company account</a
        >
      </p>`
    }
  `;
}

function problem(words: string, linked: boolean): Safe {
  return html`<div class="summary bad" role="alert" tabindex="-1" id="problem">
    <h2>There is a problem</h2>
    <p>${linked ? html`<a href="#password">${words}</a>` : words}</p>
  </div>`;
}

function passwordForm(named: boolean, { csrf, next, name, wrong }: SignInView): Fragment {
  const described = wrong !== null && html`aria-invalid="true" aria-describedby="wrong"`;
  return html`<form method="post" action="/sign-in" class="narrow">
    <input type="hidden" name="_csrf" value="${csrf}" />
    <input type="hidden" name="next" value="${next}" />
    <div class="field" ${!named && html`hidden`}>
      <label for="name">Name</label>
      <input
        id="name"
        name="name"
        value="${named ? name : "admin"}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        maxlength="100"
      />
    </div>
    <div class="field">
      <label for="password">Password</label>
      ${wrong !== null && html`<p class="wrong" id="wrong">${wrong}</p>`}
      <input
        id="password"
        name="password"
        type="password"
        required
        autocomplete="current-password"
        maxlength="1000"
        ${described}
      />
    </div>
    <div class="buttons"><button type="submit" class="first">Sign in</button></div>
  </form>`;
}
