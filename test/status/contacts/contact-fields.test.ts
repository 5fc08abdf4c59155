import { describe, expect, it } from "vitest";
import { explanation } from "../../../src/cli/reports/explanation.ts";
import { EMAIL_FIELD } from "../../../src/model/mapping.ts";
import { NO_CONSENT_RULES } from "../../../src/model/scope.ts";
import type { KnownLink } from "../../../src/model/link.ts";
import type { Value, Values } from "../../../src/model/value.ts";
import type { ContactPlan } from "../../../src/plan/planned.ts";
import { planContact } from "../../../src/plan/plan-contact.ts";
import { rejectedKey } from "../../../src/plan/refused.ts";
import { changeLines, plannedChange } from "../../../src/status/parts/change-lines.ts";
import { contactFields } from "../../../src/status/contacts/contact-fields.ts";
import { nextWords } from "../../../src/words/field-words.ts";
import { render } from "../../../src/status/frame/layout/html.ts";
import type { HistoryEntry } from "../../../src/store/people/person-history.ts";
import { ANN, FROM, known, problem, sighting, NO_SHAPES } from "../../support/known-link.ts";
import { fieldRule } from "../../support/rule.ts";
import { NOW, before } from "../seed.ts";

const PERSONA = fieldRule("persona", "properties.Persona");

function shows(hubspot: Value | undefined, klaviyo: Value): Pick<KnownLink, "sightings"> {
  const fields = (value: Value | undefined): Values =>
    value === undefined ? { email: ANN } : { email: ANN, [PERSONA.key]: value };
  return {
    sightings: {
      hubspot: sighting("hubspot", { fields: fields(hubspot) }),
      klaviyo: sighting("klaviyo", { fields: fields(klaviyo) }),
    },
  };
}

function planned(link: KnownLink): ContactPlan {
  const rules = { fields: [EMAIL_FIELD, PERSONA], scope: [FROM.hubspot, FROM.klaviyo] };
  return planContact({ ...rules, consent: NO_CONSENT_RULES, shapes: NO_SHAPES }, link);
}

const written: HistoryEntry = {
  at: before(4),
  runId: 7n,
  side: "hubspot",
  kind: "create",
  outcome: "done",
  refusedFields: [],
  before: {},
  after: { [PERSONA.key]: "Partner" },
};

/** The row of the field, without line breaks. */
function row(plan: ContactPlan, entries: readonly HistoryEntry[] = []): string {
  const html = render(contactFields(plan, { entries, conflicts: [] }, "all", NOW));
  const [found = ""] = html.match(/<tr role="row">(?:(?!<\/tr>)[^])*properties\.Persona[^]*?<\/tr>/) ?? [];
  return found.replaceAll(/\s+/g, " ");
}

describe("a value that was refused", () => {
  const rejected = problem({
    code: "HS-OPTION",
    side: "hubspot",
    field: PERSONA.key,
    title: "Partner is no option",
  });
  const refused = { [rejectedKey("hubspot", PERSONA.key)]: { value: "Partner", problem: rejected } };
  const plan = planned(known(shows(null, "Partner").sightings, { link: { refused } }));

  it("is not said to go over where nothing is written, and its row leads to what is wrong", () => {
    expect(nextWords(plan)).toBe("write nothing.");
    expect(row(plan)).toContain(
      "&#34;Partner&#34; would go to HubSpot: first sync; blocked: Partner is no option",
    );
    expect(row(plan)).toContain('<a href="#problems">See what is wrong</a>');
  });

  it("was not written by the write that did not take it", () => {
    expect(row(plan, [{ ...written, refusedFields: [PERSONA.key] }])).not.toContain("Last written");
    expect(row(plan, [written])).toContain("Last written to HubSpot");
  });

  it("is told by the command line in the same words", () => {
    const text = explanation(plan, { entries: [], conflicts: [] }, []);
    expect(text).toMatch(/✕ persona ↔ properties\.Persona/);
    expect(text).toContain("would go to HubSpot: first sync; blocked: Partner is no option");
  });

  it("goes over once it is another", () => {
    const mended = planned(known(shows(null, "buyer").sightings, { link: { refused } }));
    expect(row(mended)).toContain("&#34;buyer&#34; goes to HubSpot: first sync");
    expect(row(mended)).not.toContain("blocked");
  });
});

it("a value that nobody can read is shown with what is wrong with it, and its row says that it is blocked", () => {
  const wrong = problem({
    field: PERSONA.key,
    title: "No number",
    explanation: '"ask at reception" is no number.',
  });
  const { klaviyo } = shows(undefined, null).sightings;
  const hubspot = sighting("hubspot", { unreadable: { [PERSONA.key]: wrong } });
  const found = row(planned(known({ hubspot, klaviyo })));
  expect(found).toContain("(cannot be read)");
  expect(found).toContain("<bdi>&#34;ask at reception&#34; is no number.</bdi>");
  expect(found).toContain("blocked: No number");
});

it("a value longer than a line is there whole, behind its beginning", () => {
  const long = `${"Estonia ".repeat(40)}end`;
  const found = row(planned(known(shows(long, long).sightings)));
  expect(found).toContain("…</bdi></summary>");
  expect(found).toContain(`${long}&#34;</bdi>`);
});

it("what somebody chose to leave alone has nothing to be written, whatever differs", () => {
  const plan = planned(known(shows(null, "Partner").sightings, { link: { state: "ignored" } }));
  expect(nextWords(plan)).toBe("write nothing: someone chose to ignore this contact.");
});

it.each([
  [{ kind: "type", type: "1" } as const, "subscription type 1"],
  [{ kind: "all" } as const, "all email"],
  [{ kind: "list", list: "L7" } as const, "list L7"],
])("taking somebody off %j is told in words, as planned and as done", (from, words) => {
  const operation = { kind: "opt_out", side: "hubspot", id: "51", from } as Parameters<
    typeof plannedChange
  >[0];
  expect(render(changeLines(plannedChange(operation)))).toContain(`From <bdi>${words}</bdi>`);
  const done = { side: "hubspot", kind: "opt_out", before: null, after: { ...from } } as const;
  expect(render(changeLines(done))).toContain(`From <bdi>${words}</bdi>`);
});
