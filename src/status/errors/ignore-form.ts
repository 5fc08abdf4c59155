import { z } from "zod";
import type { IgnoreTerms } from "../../store/pages/ignored.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

const LONGEST_REASON = 500;
const DAYS = 30;

const form = z.object({
  reason: z
    .string()
    .trim()
    .min(1)
    .max(LONGEST_REASON)
    .regex(/^[\P{Cc}\s]*$/u),
  ends: z.enum(["changed", "days", "never"]),
});

/** What the form says, or what is missing. */
export type IgnoreForm =
  | { readonly ok: true; readonly terms: Omit<IgnoreTerms, "by"> }
  | { readonly ok: false; readonly wrong: { readonly words: string; readonly field: string } };

export function readIgnoreForm(body: unknown, now: Date): IgnoreForm {
  const read = form.safeParse(body);
  if (!read.success) {
    const ends = read.error.issues.some(({ path }) => path[0] === "ends");
    const words = `Enter a reason of at most ${LONGEST_REASON} characters`;
    return {
      ok: false,
      wrong: ends ? { words: "Choose when it ends", field: "ends-changed" } : { words, field: "reason" },
    };
  }
  const { reason, ends } = read.data;
  if (ends !== "days") return { ok: true, terms: { reason, ends, until: null } };
  return { ok: true, terms: { reason, ends: "at", until: new Date(now.getTime() + DAYS * 86_400_000) } };
}

const ENDS = [
  ["changed", "When the contact changes in HubSpot or Klaviyo"],
  ["days", `After ${DAYS} days`],
  ["never", "Never, until someone stops ignoring it"],
] as const;

/** Why, and until when. What was written stays if something else is missing. */
export function ignoreFields(
  body: unknown,
  wrong: { readonly words: string; readonly field: string } | null,
): Safe {
  const before = z
    .object({ reason: z.string(), ends: z.string() })
    .partial()
    .catch({})
    .parse(body ?? {});
  const bad = wrong?.field === "reason" ? wrong.words : null;
  return html`<div class="field">
      <label for="reason">Reason, for the record</label>
      ${bad !== null && html`<p class="wrong" id="reason-wrong">${bad}</p>`}
      <textarea
        id="reason"
        name="reason"
        rows="2"
        maxlength="${LONGEST_REASON}"
        ${bad !== null && html`aria-invalid="true" aria-describedby="reason-wrong"`}
      >
${before.reason}</textarea>
    </div>
    <fieldset>
      <legend>When does it end?</legend>
      ${ENDS.map(
        ([value, words], index) =>
          html`<label class="choice">
            <input
              type="radio"
              id="ends-${value}"
              name="ends"
              value="${value}"
              ${(before.ends === undefined ? index === 0 : before.ends === value) && html`checked`}
            />
            ${words}
          </label>`,
      )}
    </fieldset>`;
}
