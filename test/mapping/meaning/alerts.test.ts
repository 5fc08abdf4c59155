import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { formatDiagnostics } from "../../../src/mapping/diagnostics/format-diagnostics.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

const CHANNELS = [
  "channels:",
  "  slack: { webhook: { env: HOOK } }",
  "  webhook: { url: { env: ALERT_URL }, secret: { env: ALERT_SECRET } }",
  "  heartbeat: { url: { file: /run/secrets/beat } }",
].join("\n");

const withAlerts = (...entries: readonly string[]): string =>
  mappingText({ tail: [CHANNELS, "alerts:", ...entries.map((entry) => `  - ${entry}`)].join("\n") });

const BOTH = "{ when: stopped, to: [slack, webhook] }";

describe("alerts and channels", () => {
  test("are read, with their defaults", () => {
    const text = withAlerts(
      BOTH,
      "{ when: failing_above, value: 2.5%, to: slack }",
      "{ when: errors_above, value: 5%, to: [slack, slack] }",
      "{ when: version_sunset, to: slack }",
    );
    const { mapping, diagnostics } = parseMapping(text, "test.yaml");
    expect(diagnostics.filter(({ code }) => code !== "M228")).toEqual([]);
    expect(mapping?.alerts).toEqual([
      { type: "stopped", to: ["slack", "webhook"], above: null, beforeMs: null },
      { type: "failing_above", to: ["slack"], above: { share: 0.025 }, beforeMs: null },
      { type: "errors_above", to: ["slack"], above: { share: 0.05 }, beforeMs: null },
      { type: "version_sunset", to: ["slack"], above: null, beforeMs: 90 * 86_400_000 },
    ]);
    expect(mapping?.channels).toMatchObject({
      slack: { webhook: { env: "HOOK" } },
      email: null,
      heartbeat: { url: { file: "/run/secrets/beat" } },
    });
  });

  test("change nothing of what makes a mapping another version", () => {
    const hash = (text: string) => parseMapping(text, "test.yaml").mapping?.hash;
    expect(hash(withAlerts(BOTH))).toBe(hash(mappingText({})));
  });

  test("a mapping without them has none", () => {
    const { mapping } = parseMapping(mappingText({}), "test.yaml");
    expect(mapping?.alerts).toEqual([]);
    expect(mapping?.channels).toEqual({
      slack: null,
      email: null,
      webhook: null,
      pagerduty: null,
      heartbeat: null,
    });
  });
});

describe("what is wrong with an alert is told at its place, with what to write", () => {
  test.each([
    ["{ when: run_failed, to: slack }", "M102 20:13-23", "allowed: stopped"],
    ["{ when: stoped, to: slack }", "M102 20:13-19", "did you mean `stopped`?"],
    ["{ when: stopped, to: email }", "M270 20:26-31", "add `channels.email`, or use slack or webhook"],
    ["{ when: stopped, to: [slack, pagerduty] }", "M270 20:34-43", "add `channels.pagerduty`"],
    ["{ when: stopped, to: heartbeat }", "M105 20:26-35", "allowed: slack, email, webhook, pagerduty"],
    ["{ when: failing_above, to: slack }", "M271 20:13-26", "`value: 50` or `value: 5%`"],
    ["{ when: failing_above, value: 7d, to: slack }", "M271 20:35-37", "`value: 50` or `value: 5%`"],
    ["{ when: errors_above, value: 50, to: slack }", "M271 20:34-36", "`value: 5%`"],
    ["{ when: version_sunset, value: 5%, to: slack }", "M271 20:36-38", "`value: 90d`"],
    ["{ when: failing_above, value: lots, to: slack }", "M105 20:35-39", "`50`, `5%` or `7d`"],
    ["{ when: held, value: 3, to: slack }", "M272 warning 20:19-24", "delete it"],
    ["{ when: auth_expiring, to: slack }", "M275 warning 20:13-26", "token_expires"],
    ["{ when: stopped }", "M103 20:7-11", "The channels"],
    ["{ when: held, to: slack, valu: 3 }", "M101 20:30-34", "did you mean `value`?"],
  ])("%s", (entry, place, help) => {
    const text = withAlerts("{ when: overdue, to: [slack, webhook] }", entry);
    expect(told(text)).toEqual([place]);
    expect(words(text).help).toContain(help);
  });

  test("a second alert about the same thing", () => {
    const text = withAlerts(BOTH, "{ when: stopped, to: slack }");
    expect(told(text)).toEqual(["M273 20:13-20"]);
    expect(words(text).help).toBe("the first one is on line 19; name all channels there");
  });

  test("a channel that no alert uses is a warning; the heartbeat needs none", () => {
    const text = withAlerts("{ when: stopped, to: slack }");
    expect(told(text)).toEqual(["M274 warning 16:3-10"]);
  });

  test("a key with a day on which it expires has something to alert about", () => {
    const tail = `${CHANNELS}\nalerts:\n  - { when: auth_expiring, to: [slack, webhook] }`;
    expect(told(mappingText({ tail, hubspot: "token_expires: 2027-06-30" }))).toEqual([]);
    const { mapping } = parseMapping(mappingText({ hubspot: "token_expires: 2027-06-30" }), "test.yaml");
    expect(mapping?.hubspot.tokenExpires).toEqual(new Date("2027-06-30T00:00:00Z"));
    expect(told(mappingText({ hubspot: "token_expires: 2027-02-30" }))).toEqual(["M105 6:20-30"]);
  });
});

describe("a secret in the file", () => {
  test.each([
    ["slack: { webhook: https://hooks.slack.test/services/T0/B0/verysecret }", "webhook"],
    ["webhook: { url: https://u:verysecret@hook.test/, secret: { env: S } }", "url"],
    ["webhook: { url: { env: U }, secret: verysecret }", "secret"],
    ["email: { smtp: smtps://me:verysecret@mail.test, to: [ops@example.com] }", "smtp"],
    ["pagerduty: { routing_key: verysecret }", "routing_key"],
    ["heartbeat: { url: https://beat.test/verysecret }", "url"],
  ])("%s is told and shown nowhere", (channel, key) => {
    const text = mappingText({ tail: `channels:\n  ${channel}` });
    const { diagnostics } = parseMapping(text, "test.yaml");
    const [found] = diagnostics.filter(({ code }) => code === "M120");
    expect(found?.message).toContain(`.${key}\` must point at the secret`);
    expect(formatDiagnostics(diagnostics, text)).not.toContain("verysecret");
  });
});

describe("an address", () => {
  test.each([
    ["email: { smtp: { env: S }, to: [ops] }", "M105"],
    ["email: { smtp: { env: S }, to: [ops@example.com], from: nobody }", "M105"],
    ["pagerduty: { routing_key: { env: K }, base_url: https://elsewhere.test }", "M108"],
  ])("%s is not taken", (channel, code) => {
    const found = told(mappingText({ tail: `channels:\n  ${channel}` }));
    expect(found.filter((one) => one.startsWith(code))).toHaveLength(1);
  });
});
