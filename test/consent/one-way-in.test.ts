import { describe, expect, it, test } from "vitest";
import { textFiles, withoutComments } from "../support/text-files.ts";

const CALL = "connectors/klaviyo/wire/consent-endpoints.ts";

/**
 * Every way to subscribe somebody or to take a suppression away: by the SDKs' names and their aliases, by path, and by what
 * such a body says. With the files that may, each for its own reason.
 */
const WAYS: readonly (readonly [what: string, pattern: RegExp, allowed: readonly string[]])[] = [
  ["a clearance is made in one place", /\bas (?:unknown as )?Clearance\b/, ["consent/grant-clearance.ts"]],
  [
    "Klaviyo's calls that subscribe and unsubscribe are put together in one place",
    /profile-subscription-bulk-create|ubscribeProfiles\b|ProfileSubscriptionBulkCreate/,
    [CALL],
  ],
  ["and sent from another", /\bclient\.subscribe\(/, ["connectors/klaviyo/consent/subscribe.ts"]],
  [
    "and only a cleared run asks for it",
    /\bconsent\.subscribe\b|\{ subscribe \} = /,
    ["consent/subscribe.ts"],
  ],
  [
    "nobody else says that somebody is subscribed",
    /(?<!UN|_)SUBSCRIBED\b/,
    [CALL, "connectors/klaviyo/consent/consent.ts"],
  ],
  ["nothing takes a suppression away", /suppression-bulk-delete|nsuppress|SuppressionBulkDelete/, []],
  ["nothing uses Klaviyo's calls for browsers", /["'`/]client\/|\bClientApi\b|\bcreateClient[A-Z]/, []],
  [
    "nothing subscribes anybody in HubSpot",
    /\bcommunicationPreferences\b|preferences\/[^"'`]*\/subscribe\b|resubscribe\b(?!_)|\bstatusApi\b/,
    [],
  ],
];

/** What somebody might write who does not know of this. */
const PLANTED: readonly string[] = [
  'api.bulkUnsuppressProfiles({ data: { type: "profile-suppression-bulk-delete-job" } })',
  "api.createProfileSuppressionBulkDeleteJob(body)",
  "api.unsuppressProfiles(body)",
  'plain("POST", "/api/profile-suppression-bulk-delete-jobs", signal)',
  "api.subscribeProfiles(body)",
  "api.createProfileSubscriptionBulkCreateJob(body)",
  'plain("POST", "/api/profile-subscription-bulk-create-jobs", signal)',
  "new ClientApi(session)",
  'fetch("https://a.klaviyo.com/client/subscriptions?company_id=X")',
  "client.communicationPreferences.statusApi.subscribe(body)",
  'plain("POST", "/communication-preferences/v3/subscribe", signal)',
  'plain("POST", "/communication-preferences/2026-09/resubscribe", signal)',
  'body: { subscriptionId, statusState: "SUBSCRIBED", channel: "EMAIL" }',
  "body: { statusState: `SUBSCRIBED` }",
  "({ email, profile, list, readAt }) as unknown as Clearance",
];

describe("nobody is subscribed but by one way (P9)", () => {
  // The rehearsal servers are the other side: they have to know what they refuse.
  const engine = textFiles("src").filter(({ path }) => !path.startsWith("sandbox/"));

  it.each(WAYS)("%s", (_what, pattern, allowed) => {
    const found = engine.filter(({ text }) => pattern.test(withoutComments(text)));
    expect(found.map(({ path }) => path).toSorted()).toEqual(allowed.toSorted());
  });

  test.each(PLANTED)("would be found: %s", (planted) => {
    expect(WAYS.filter(([, pattern]) => pattern.test(withoutComments(planted)))).not.toEqual([]);
  });
});
