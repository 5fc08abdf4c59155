import type { KeptAuditEntry } from "../../store/chains/audit.ts";
import type { Access } from "../frame/access/access.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { mayDo } from "../frame/access/role.ts";
import type { User } from "../frame/access/users-file.ts";
import { timeElement } from "../parts/time-element.ts";
import { detailWords } from "./audit-csv.ts";
import type { SettingsView } from "./settings-view.ts";

/** Who may use this page; for admins by name, with what was done last. */
export function peopleSection({ access, frame, audit }: SettingsView): Safe {
  const { visitor } = frame.shell;
  const names = visitor !== null && mayDo(visitor.role, "admin");
  return html`<section aria-labelledby="people">
    <h2 id="people">Users and roles</h2>
    ${access.open ? open() : waysIn(access, names)}
    <p class="muted">
      A viewer reads, with addresses masked. An operator also retries, ignores, pauses, approves and sees raw
      exchanges. An admin also undoes, exports and erases.
    </p>
    ${names && lately(audit, frame.now)}
  </section>`;
}

function open(): Safe {
  return html`<p>
    There is no sign-in: the page listens on this machine only, and everyone on it is an admin. Set
    <code>TANDEM_ADMIN_PASSWORD</code> to have people sign in.
  </p>`;
}

function waysIn({ adminPassword, named, users, oidc, publicUrl }: Access, names: boolean): Safe {
  const people = users();
  return html`<ul>
      ${adminPassword !== null && html`<li>An admin with the password of <code>TANDEM_ADMIN_PASSWORD</code></li>`}
      ${
        named &&
        html`<li>
          ${people === null ? "No one now, because the file cannot be read:" : `${counted(people.length, "person", "people")} of`}
          <code>TANDEM_USERS_FILE</code>
        </li>`
      }
      ${
        oidc !== null &&
        html`<li>
          Through the company's sign-in${names && html` at <code>${oidc.issuer}</code>`}:
          ${counted(oidc.people.length, "entry", "entries")}
        </li>`
      }
      ${publicUrl !== null && html`<li>Reached as <code>${publicUrl.origin}</code></li>`}
    </ul>
    ${names && table(entriesOf(people ?? [], oidc))}`;
}

interface Entry {
  readonly who: string;
  readonly role: string;
}

function entriesOf(users: readonly User[], oidc: Access["oidc"]): readonly Entry[] {
  return [...users.map(({ name, role }) => ({ who: name, role })), ...(oidc?.people ?? [])];
}

function table(entries: readonly Entry[]): Fragment {
  if (entries.length === 0) return null;
  return html`<table>
    <caption>
      Who may come in
    </caption>
    <thead>
      <tr>
        <th scope="col">Who</th>
        <th scope="col">Role</th>
      </tr>
    </thead>
    <tbody>
      ${entries.map(
        ({ who, role }) =>
          html`<tr>
            <th scope="row"><bdi>${who}</bdi></th>
            <td>${role}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function lately(audit: readonly KeptAuditEntry[], now: Date): Fragment {
  if (audit.length === 0) return html`<p>No actions yet.</p>`;
  return html`<h3>What was done last</h3>
    <p>On this page and on the command line. <a href="/settings/audit.csv">Download all of it as CSV</a></p>
    <div class="scroll" role="region" aria-label="What people did" tabindex="0">
      <table>
        <caption class="unseen">
          The latest actions, the newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">Role</th>
            <th scope="col">What</th>
            <th scope="col" class="right">Contacts</th>
            <th scope="col">Details</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          ${audit.map(
            ({ at, who, role, action, contacts, about, reason }) =>
              html`<tr>
                <th scope="row">${timeElement(at, now)}</th>
                <td><bdi>${who}</bdi></td>
                <td>${role}</td>
                <td>${action.replaceAll("_", " ")}</td>
                <td class="right">${contacts > 0 && grouped(contacts)}</td>
                <td class="note"><bdi>${detailWords(about)}</bdi></td>
                <td class="note"><bdi>${reason}</bdi></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
