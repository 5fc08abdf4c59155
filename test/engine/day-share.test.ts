import { expect, onTestFinished, test } from "vitest";
import { laneSchedule } from "../../src/cli/runs/lane-schedule.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { healthOf } from "../../src/status/health.ts";
import { statusReader } from "../../src/status/status-reader.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { apiDays } from "../../src/store/runs/api-days.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { realEngine, rehearsedMapping, untilSearchable } from "../support/real-engine.ts";
import { storeOf } from "../../src/store/database/store.ts";
const JO = "jo@example.com";

test("a day that is used up stays so after a restart, and is told, and opt-outs still travel", async () => {
  const rehearsal = await startRehearsal({
    seed: 5,
    contacts: 0,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { dailyLimit: 400 },
    klaviyo: { limits: "off" },
  });
  const fresh = await freshDatabase();
  onTestFinished(async () => {
    await rehearsal.close();
    await fresh.drop();
  });
  const it = realEngine(rehearsal, fresh);
  const mapping = rehearsedMapping(
    rehearsal,
    (demo) => `${demo}consent: { hubspot_to_klaviyo: { opted_out: unsubscribe } }
limits: { unsubscribes_per_run: 10 }
`,
  );
  rehearsal.hubspot.sandbox.seedContacts([
    { properties: { email: JO }, lists: [rehearsal.story.hubspotList] },
  ]);
  for (let runs = 0; runs < 2; runs += 1) {
    untilSearchable(rehearsal);
    expect(await it.sync(mapping)).toMatchObject({ stoppedBy: null });
  }
  const [counted] = await apiDays(storeOf(fresh.database, 1), new Date());
  expect(counted?.allowed).toBe(400);
  const made = rehearsal.hubspot.world.truth.calls.length;
  expect((counted?.calls ?? 0) - made).toBeLessThanOrEqual(20);
  expect(counted?.calls).toBeGreaterThanOrEqual(made);

  // The rest of what is not kept for opt-outs is used, and the process begins again.
  await fresh.database.apiDay.updateMany({ data: { calls: 250 } });
  it.restart();
  const run = await it.sync(mapping);
  expect(run.stoppedBy).toMatchObject({ code: "HS-SHARE" });
  it.restart();
  expect((await it.sync(mapping)).stoppedBy).toMatchObject({ code: "HS-SHARE" });
  const schedule = (): ReturnType<typeof laneSchedule> => laneSchedule(mapping, mapping.schedule.contacts);
  const reader = statusReader(storeOf(fresh.database, 1), () => new Date(), schedule);
  const overview = await reader.overview();
  expect(overview.connectionProblems).toMatchObject([{ code: "HS-SHARE", side: "hubspot" }]);
  expect(healthOf(overview, new Date(), 900_000).word).toBe("delayed");

  rehearsal.hubspot.sandbox.unsubscribeFromAll(JO);
  untilSearchable(rehearsal);
  const lane = await runConsent(await it.deps(mapping), mapping, "test");
  expect(lane).toMatchObject({ result: "finished", counts: { carried: 1 } });
});
