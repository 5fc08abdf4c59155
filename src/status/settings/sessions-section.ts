import type { ListedSession } from "../../store/pages/web-sessions.ts";
import type { Way } from "../frame/access/credentials.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";

const WAYS: Readonly<Record<Way, string>> = {
  admin: "TANDEM_ADMIN_PASSWORD",
  users: "Users file",
  oidc: "Company account",
};

/** Who is signed in where, and the buttons that end it. People see their own sessions, admins everybody's. */
export function sessionsSection({ shell, now }: Frame, sessions: readonly ListedSession[]): Fragment {
  const { visitor, signedIn } = shell;
  if (!signedIn || visitor === null) return null;
  const all = mayDo(visitor.role, "admin");
  return html`<section aria-labelledby="sessions">
    <h2 id="sessions">Sessions</h2>
    <p>
      A session ends after 30 minutes without a page, after 12 hours, and as soon as its user is removed or
      gets another password.
    </p>
    <div class="scroll" role="region" aria-label="Table of the sessions" tabindex="0">
      <table>
        <caption>
          ${all ? "Signed-in people" : "Where you are signed in"}
        </caption>
        <thead>
          <tr>
            ${["Who", "Signed in with", "Since", "Last seen", "End"].map(
              (head) => html`<th scope="col">${head}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${sessions.map((session) => row(session, session.id === visitor.session))}
        </tbody>
      </table>
    </div>
    <div class="buttons">
      <form method="post" action="/sessions/end" class="bare">
        ${csrfField(shell)}<button type="submit">Sign out everywhere</button>
      </form>
      ${
        all &&
        html`<form method="post" action="/sessions/end-all" class="bare">
          ${csrfField(shell)}<button type="submit">Sign everyone out</button>
        </form>`
      }
    </div>
  </section>`;

  function row({ id, who, way, beganAt, seenAt }: ListedSession, own: boolean): Safe {
    return html`<tr>
      <th scope="row"><bdi>${who}</bdi>${own && " (this browser)"}</th>
      <td>${WAYS[way]}</td>
      <td>${timeElement(beganAt, now)}</td>
      <td>${timeElement(seenAt, now)}</td>
      <td>
        <form method="post" action="/sessions/${String(id)}/end" class="bare">
          ${csrfField(shell)}<button type="submit">
            End<span class="unseen"> the session of ${who}</span>
          </button>
        </form>
      </td>
    </tr>`;
  }
}
