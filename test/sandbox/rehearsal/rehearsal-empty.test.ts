import { expect, onTestFinished, test } from "vitest";
import { startRehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";

test("a rehearsal of nobody leaves both systems empty but for their lists", async () => {
  const rehearsal = await startRehearsal({ seed: 1, contacts: 0, hubspotPort: 0, klaviyoPort: 0 });
  onTestFinished(() => rehearsal.close());
  expect(rehearsal.hubspot.sandbox.dumpContacts().contacts).toEqual([]);
  expect(rehearsal.klaviyo.sandbox.dump().profiles).toEqual([]);
  expect(rehearsal.story.hubspotList).not.toBe("");
  expect(rehearsal.story.klaviyoSegment).not.toBe("");
});
