import { describe, expect, it, onTestFinished } from "vitest";
import type { RecordAs } from "../../../../src/model/engagement.ts";
import { SystemUnavailable } from "../../../../src/model/problem.ts";
import { live } from "../rehearsal.ts";
import { AT, entry, group, showing } from "./sinks.ts";
import type { Showing, ShowingGiven } from "./sinks.ts";
import { OPEN_GATE } from "../../../support/open-gate.ts";

const EVENTS = ["timeline", "app_event", "custom_event"] as const satisfies readonly RecordAs[];

const KINDS = { timeline: "timeline", app_event: "app-event", custom_event: "custom-event" } as const;

const DAILY = {
  status: "error",
  message: "You have reached your daily limit.",
  errorType: "RATE_LIMIT",
  policyName: "DAILY",
};

async function ready(recordAs: (typeof EVENTS)[number], given: ShowingGiven = {}) {
  const shown = await showing(recordAs, given);
  onTestFinished(() => shown.rehearsal.close());
  const setup = await shown.sink.setUp(OPEN_GATE, live());
  shown.rehearsal.calls();
  return { ...shown, setup };
}

const inert = ({ rehearsal }: Pick<Showing, "rehearsal">): void => {
  const { incidents } = rehearsal.portal.timelineCounts();
  expect(incidents).toMatchObject({ contactsCreated: 0, emailsChanged: 0, movedBetweenObjects: 0 });
};

describe.each(EVENTS)("events as %s", (recordAs) => {
  it.each(["2026-03", "2026-09"] as const)(
    "show what a salesperson wants to know (%s)",
    async (apiVersion) => {
      const { sink, setup, ids, timeline, rehearsal } = await ready(recordAs, { apiVersion });
      const clicked = {
        kind: "clicked",
        url: "https://shop.example.com/a?b=<1>",
        source: { kind: "flow", id: "F", name: "Welcome" },
        email: null,
      } as const;
      const groups = [
        group(ids[0], [entry(1), entry(2, clicked)]),
        group(ids[1], [entry(3, { channel: "sms" })]),
      ];
      expect(await sink.missing(setup, live())).toBeNull();
      expect(await sink.record(groups, setup, OPEN_GATE, live())).toEqual([
        { outcome: "done", reference: null },
        { outcome: "done", reference: null },
      ]);
      const [one, other] = [timeline(0), timeline(1)];
      expect(one.map(({ at, kind }) => [at, kind])).toEqual([
        [AT, KINDS[recordAs]],
        [AT, KINDS[recordAs]],
      ]);
      expect(one.map(({ header }) => header).toSorted((a, b) => a.localeCompare(b))).toEqual([
        "Clicked a link in an email: Spring sale",
        "Opened an email: Spring sale",
      ]);
      expect(one.find(({ id }) => id === entry(2).id)?.values).toMatchObject({
        flow: "Welcome",
        link: "https://shop.example.com/a?b=<1>",
        subject: "Everything must go",
        channel: "Email",
      });
      expect(one.map(({ detail }) => detail).join(" ")).not.toContain("<1>");
      expect(other[0]?.header).toBe("Opened a text message: Spring sale");
      inert({ rehearsal });
    },
  );

  it("sent again are the same entries", async () => {
    const { sink, setup, ids, another, rehearsal } = await ready(recordAs);
    const groups = ids.map((id, at) => group(id, [entry(at)]));
    await sink.record(groups, setup, OPEN_GATE, live());
    const more = [...groups, group(ids[0], [entry(10)])];
    const results = await another().record(more, setup, OPEN_GATE, live());
    expect(results.map(({ outcome }) => outcome)).toEqual(["done", "done", "done", "done"]);
    expect(rehearsal.portal.timelineCounts().byKind[KINDS[recordAs]]).toBe(4);
    inert({ rehearsal });
  });

  it("of somebody who is gone cost nobody else theirs", async () => {
    const { sink, setup, ids, rehearsal } = await ready(recordAs, { people: 20 });
    rehearsal.portal.archiveContact({ id: ids[7] ?? "" });
    const groups = [...ids.map((id, at) => group(id, [entry(at)])), group("987654321", [entry(99)])];
    const results = await sink.record(groups, setup, OPEN_GATE, live());
    const outcomes = results.map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(19);
    expect([outcomes[7], outcomes[20]]).toEqual(["gone", "gone"]);
    expect(rehearsal.portal.timelineCounts().byKind[KINDS[recordAs]]).toBe(19);
    inert({ rehearsal });
  });

  it("whose answer is lost are unknown, and there once after they are sent again", async () => {
    const { sink, setup, ids, rehearsal } = await ready(recordAs);
    const groups = ids.map((id, at) => group(id, [entry(at)]));
    // What its types take is asked with the first event.
    await sink.record([group(ids[0], [entry(90)])], setup, OPEN_GATE, live());
    rehearsal.world.faults.add({
      method: "POST",
      match: recordAs === "custom_event" ? "/send" : "/timeline",
      times: 1,
      fault: { kind: "reset", applied: "after" },
    });
    const lost = await sink.record(groups, setup, OPEN_GATE, live());
    expect(lost.map(({ outcome }) => outcome)).toEqual(["unknown", "unknown", "unknown"]);
    const again = await sink.record(groups, setup, OPEN_GATE, live());
    expect(again.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    expect(rehearsal.portal.timelineCounts().byKind[KINDS[recordAs]]).toBe(4);
  });

  it("need hardly more calls than there are full batches", async () => {
    const { sink, setup, ids, rehearsal } = await ready(recordAs, {
      people: 100,
      settings: { burstLimit: 100_000 },
    });
    let number = 0;
    const groups = Array.from({ length: 2_000 }, (_, at) => {
      const fresh = Array.from({ length: 1 + (at % 2) }, () => entry((number += 1), { message: `M${at}` }));
      return group(ids[at % ids.length], fresh);
    });
    for (let start = 0; start < groups.length; start += sink.size) {
      const results = await sink.record(groups.slice(start, start + sink.size), setup, OPEN_GATE, live());
      expect(results.every(({ outcome }) => outcome === "done")).toBe(true);
    }
    const least = number / (recordAs === "custom_event" ? 500 : 100);
    const made = rehearsal.calls().length;
    // One of them asks what the types take.
    expect(made - 1).toBeLessThanOrEqual(1.2 * least);
    expect(rehearsal.portal.timelineCounts().byKind[KINDS[recordAs]]).toBe(number);
  });

  it("that everybody's type refuses are not tried one by one for everybody", async () => {
    const { sink, setup, ids, rehearsal, app } = await ready(recordAs, { people: 64 });
    // Somebody took a property away after the sink had asked.
    await sink.record([group(ids[0], [entry(1_000)])], setup, OPEN_GATE, live());
    for (const template of app.templates.values())
      app.templates.set(template.id, { ...template, tokens: template.tokens.slice(1) });
    for (const [name, type] of app.eventTypes)
      app.eventTypes.set(name, { ...type, tokens: type.tokens.slice(1) });
    for (const [name, event] of rehearsal.portal.state.customEvents)
      rehearsal.portal.state.customEvents.set(name, { ...event, properties: event.properties.slice(1) });
    rehearsal.calls();
    const results = await sink.record(
      ids.map((id, at) => group(id, [entry(at)])),
      setup,
      OPEN_GATE,
      live(),
    );
    expect(
      results.every((result) => result.outcome === "refused" && result.problem.code === "HS-UNKNOWN"),
    ).toBe(true);
    expect(results[0]?.outcome === "refused" && results[0].problem.explanation).toContain("what");
    expect(rehearsal.calls().length).toBeLessThan(30);
  });

  it("wait for what they look like to be made, and say so again when that was deleted", async () => {
    const { sink, setup, ids, another, rehearsal, app } = await ready(recordAs);
    // The type of app events comes with the app's project: there is nothing to make (see access.test.ts).
    if (recordAs === "app_event") return;
    expect((await sink.missing(null, live()))?.problem.code).toBe("HS-EVENT-SETUP");
    const unset = sink.record([group(ids[0], [entry(1)])], null, OPEN_GATE, live());
    await expect(unset).rejects.toMatchObject({ problem: { code: "HS-EVENT-SETUP" } });
    app.templates.clear();
    rehearsal.portal.state.customEvents.clear();
    expect((await another().missing(setup, live()))?.problem.code).toBe("HS-EVENT-SETUP");
  });

  it("wait for one kind alone when only what it looks like was deleted", async () => {
    const { setup, another, rehearsal, app } = await ready(recordAs);
    if (recordAs === "app_event") return;
    const opened = setup.ids.opened ?? "";
    app.templates.delete(opened);
    const { customEvents } = rehearsal.portal.state;
    for (const [name, { fullyQualifiedName }] of customEvents)
      if (fullyQualifiedName === opened) customEvents.delete(name);
    const gap = await another().missing(setup, live());
    expect(gap).toMatchObject({ problem: { code: "HS-EVENT-SETUP", level: "mapping" }, kinds: ["opened"] });
    expect(gap?.problem.explanation).toContain("“Klaviyo: opened”");
  });

  it("set up twice are set up once", async () => {
    const { setup, another } = await ready(recordAs);
    const again = await another().setUp(OPEN_GATE, live());
    expect(again.ids).toEqual(setup.ids);
    expect(setup.report.join(" ")).toMatch(
      recordAs === "app_event" ? /have the type/ : /made “Klaviyo: opened”/,
    );
    expect(again.report.join(" ")).toMatch(
      recordAs === "app_event" ? /have the type/ : /“Klaviyo: opened” is up to date/,
    );
  });

  it("whose setting-up is cut off say so, and the next one finishes it", async () => {
    const { sink, rehearsal, ids, timeline } = await showing(recordAs);
    onTestFinished(() => rehearsal.close());
    rehearsal.world.faults.add({
      method: "POST",
      match: recordAs === "timeline" ? "/event-templates" : "/event-definitions",
      skip: 2,
      times: 1,
      fault: { kind: "reset", applied: "after" },
    });
    const cut: unknown = await sink.setUp(OPEN_GATE, live()).then(
      () => "nothing is made",
      (error: unknown) => (error instanceof SystemUnavailable ? error.problem.code : error),
    );
    expect(cut).toBe(recordAs === "app_event" ? "nothing is made" : "HS-DOWN");
    const setup = await sink.setUp(OPEN_GATE, live());
    await sink.record([group(ids[0], [entry(1)])], setup, OPEN_GATE, live());
    expect(timeline(0)).toHaveLength(1);
    const { templates } = rehearsal.portal.state.oauth.apps.values().next().value ?? {};
    expect((templates?.size ?? 0) + rehearsal.portal.state.customEvents.size).toBe(
      recordAs === "app_event" ? 0 : 7,
    );
  });

  it("stop with the side, not with the events, when HubSpot is out, and what was answered counts", async () => {
    const { sink, another, setup, ids, rehearsal } = await ready(recordAs);
    await sink.record([group(ids[0], [entry(1)])], setup, OPEN_GATE, live());
    const outAfter = (skip: number): void =>
      rehearsal.world.faults.add({
        method: "POST",
        match: recordAs === "custom_event" ? "/send" : "/timeline",
        skip,
        times: 1,
        fault: { kind: "status", status: 429, applied: "before", body: DAILY },
      });
    outAfter(0);
    const out = sink.record([group(ids[0], [entry(2)])], setup, OPEN_GATE, live());
    await expect(out).rejects.toMatchObject({ problem: { code: "HS-QUOTA" } });
    outAfter(1);
    const batch = recordAs === "custom_event" ? 500 : 100;
    const many = Array.from({ length: batch + 1 }, (_, at) => group(ids[0], [entry(100 + at)]));
    const outcomes = (await another().record(many, setup, OPEN_GATE, live())).map(({ outcome }) => outcome);
    expect([outcomes[0], outcomes[batch - 1], outcomes[batch]]).toEqual(["done", "done", "unknown"]);
  });
});

it.each(["timeline", "custom_event"] as const)(
  "a value that an older type of %s does not know is left out, and the event is shown",
  async (recordAs) => {
    const { setup, another, ids, timeline, app, rehearsal } = await ready(recordAs);
    for (const template of app.templates.values())
      app.templates.set(template.id, { ...template, tokens: template.tokens.slice(0, 3) });
    const { customEvents } = rehearsal.portal.state;
    for (const [name, event] of customEvents)
      customEvents.set(name, { ...event, properties: event.properties.slice(0, 3) });
    const results = await another().record([group(ids[0], [entry(1)])], setup, OPEN_GATE, live());
    expect(results).toEqual([{ outcome: "done", reference: null }]);
    expect(Object.keys(timeline(0)[0]?.values ?? {})).toEqual(["what", "message", "subject"]);
  },
);
