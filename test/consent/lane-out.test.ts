import { expect, onTestFinished, test } from "vitest";
import { consentExitCode } from "../../src/cli/runs/run-report.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { mapping } from "../support/rule.ts";

test("what keeps refusals from being looked for is told until they are, whatever the other lanes can", async () => {
  const it = await engine();
  onTestFinished(() => it.fresh.drop());
  const used = mapping({ consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" } });
  const told = async () => {
    const problems = await it.fresh.database.problem.findMany({ where: { linkId: null } });
    return problems.map(({ code, field, times }) => `${code} ${field} ${times}`);
  };
  const lane = () => runConsent(it.deps(), used, "test");
  const out = problem({ code: "KL-SCOPE", side: "klaviyo" });
  it.klaviyo.quirks.unavailable = (call) =>
    call === "refusals" ? new SystemUnavailable("klaviyo", out, null) : null;
  const stopped = await lane();
  expect(stopped).toMatchObject({ result: "stopped", stoppedBy: { code: "KL-SCOPE" } });
  expect(consentExitCode(stopped)).toBe(77);
  await it.sync(used);
  await lane();
  expect(await told()).toEqual(["KL-SCOPE refusals 2"]);
  it.klaviyo.quirks.unavailable = () => null;
  await lane();
  expect(await told()).toEqual([]);
});
