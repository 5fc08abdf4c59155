import { describe, expect, test } from "vitest";
import {
  minimumAfterImport,
  minimumEditedInHubSpot,
  minimumEditedInKlaviyo,
  minimumIdle,
  minimumToEmptyHubSpot,
  minimumToEmptyKlaviyo,
} from "./minimum.ts";

describe("the smallest number of requests", () => {
  test.each([
    // members / 250 + contacts / 100 + jobs of 10,000, each asked about once
    [1, 1 + 1 + 2],
    [100, 1 + 1 + 2],
    [101, 1 + 2 + 2],
    [250, 1 + 3 + 2],
    [251, 2 + 3 + 2],
    [10_000, 40 + 100 + 2],
    [10_001, 41 + 101 + 4],
    [100_000, 400 + 1_000 + 20],
  ])("takes %i people from HubSpot to an empty Klaviyo in %i", (people, requests) => {
    expect(minimumToEmptyKlaviyo(people).requests).toBe(requests);
  });

  test.each([
    [1, 2],
    [10_000, 100 + 100],
    [10_001, 101 + 101],
  ])("takes %i people from Klaviyo to an empty HubSpot in %i", (people, requests) => {
    expect(minimumToEmptyHubSpot(people).requests).toBe(requests);
  });

  test("of an idle cycle knows no number of people", () => {
    expect(minimumIdle().requests).toBe(6);
    expect(minimumIdle(6).requests).toBe(36);
  });

  test("after an import adds one reading of the new profiles, in one of the cycles", () => {
    expect(minimumAfterImport(10_000, 6).requests).toBe(36 + 99);
  });

  test.each([
    // up to 75 edits one call each, then a job
    [75, 6 + 75],
    [76, 6 + 2],
    [201, 7 + 2],
  ])("brings %i edits from HubSpot to Klaviyo in %i", (edited, requests) => {
    expect(minimumEditedInHubSpot(edited).requests).toBe(requests);
  });

  test.each([
    [5, 6 + 1],
    [101, 7 + 2],
  ])("brings %i edits from Klaviyo to HubSpot in %i", (edited, requests) => {
    expect(minimumEditedInKlaviyo(edited).requests).toBe(requests);
  });

  test("is the sum of its terms, and each has a reason", () => {
    for (const { requests, terms } of [
      minimumToEmptyKlaviyo(12_345),
      minimumAfterImport(12_345, 6),
      minimumEditedInHubSpot(50),
    ]) {
      expect(terms.reduce((total, term) => total + term.requests, 0)).toBe(requests);
      expect(terms.every(({ why }) => why !== "")).toBe(true);
    }
  });
});
