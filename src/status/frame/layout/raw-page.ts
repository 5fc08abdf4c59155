import { SIDE_NAMES, otherSide } from "../../../model/side.ts";
import type { RawExchange } from "../../../store/writes/raw-exchange.ts";
import type { Safe } from "./html.ts";
import { html, personAddress } from "./html.ts";
import { redact } from "../../parts/redact.ts";
import { timeElement } from "../../parts/time-element.ts";

/** What was read, sent and returned, operation by operation; keys and other people's addresses are left out. */
export function rawPage(linkId: string, email: string, exchanges: readonly RawExchange[], now: Date): Safe {
  return html`
    <h1>Requests: <bdi>${personAddress(email)}</bdi></h1>
    <p><a href="/contacts/${linkId}">Back to the contact</a></p>
    <p class="muted">
      What Tandem read, sent and got back for this contact, by field. Requests for many contacts are shown
      with this contact's part only.
    </p>
    ${exchanges.length === 0 && html`<p>Tandem has sent nothing for this contact yet.</p>`}
    ${exchanges.map((exchange, index) => one(exchange, index, email, now))}
  `;
}

function one(exchange: RawExchange, index: number, email: string, now: Date): Safe {
  const { traceId, runId, side, kind, outcome, sentAt, settledAt, refusedFields } = exchange;
  const read = { [SIDE_NAMES[side]]: exchange.before, [SIDE_NAMES[otherSide(side)]]: exchange.source };
  const returned = {
    outcome,
    answered_at: settledAt,
    ...(exchange.problem === null ? {} : { problem: exchange.problem }),
    ...(refusedFields.length === 0 ? {} : { refused_fields: refusedFields }),
  };
  return html`<section class="exchange" aria-labelledby="x${index}">
    <h2 id="x${index}">${kind.replaceAll("_", " ")} in ${SIDE_NAMES[side]}, ${timeElement(sentAt, now)}</h2>
    <p class="muted">Run ${String(runId)} · trace ${traceId}</p>
    ${
      !exchange.rawKept &&
      html`<p class="muted">
        The answer and the other side's values were removed after the time that
        <code>privacy.keep_raw_responses</code> sets.
      </p>`
    }
    ${part("Values read before", `read-${index}`, read, email)}
    ${part("Sent", `sent-${index}`, exchange.after, email)}
    ${part("Answer", `back-${index}`, returned, email)}
  </section>`;
}

function part(title: string, id: string, value: unknown, email: string): Safe {
  return html`<h3>${title}</h3>
    <pre id="${id}" tabindex="0" aria-label="${title}">${redact(JSON.stringify(value, null, 2), email)}</pre>
    <button type="button" data-copy="${id}" hidden>Copy<span class="unseen">: ${title}</span></button>`;
}
