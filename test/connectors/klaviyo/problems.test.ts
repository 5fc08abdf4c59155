import { describe, expect, test } from "vitest";
import type { FailureDetails } from "../../../src/connectors/klaviyo/problems/failure.ts";
import { apiErrors, KlaviyoFailure } from "../../../src/connectors/klaviyo/problems/failure.ts";
import { valueProblem } from "../../../src/connectors/klaviyo/problems/own-problems.ts";
import type { About } from "../../../src/connectors/klaviyo/problems/problems.ts";
import {
  problemOf,
  problemOfFailure,
  unavailable,
} from "../../../src/connectors/klaviyo/problems/problems.ts";
import type { Problem } from "../../../src/model/problem.ts";

interface Case {
  readonly code: string;
  readonly status: number | null;
  readonly body?: unknown;
  readonly html?: boolean;
  readonly about?: About;
  readonly level: Problem["level"];
  readonly says: RegExp;
}

const errors = (error: Readonly<Record<string, unknown>>): unknown => ({
  errors: [{ id: "e-1", title: "Invalid input.", ...error }],
});
const invalid = (detail: string, pointer: string): unknown =>
  errors({ status: 400, code: "invalid", detail, source: { pointer } });
const duplicate = errors({
  code: "duplicate_profile",
  detail: "A profile already exists with one of these identifiers.",
  source: { pointer: "/data/attributes" },
  meta: { duplicate_profile_id: "01OTHER" },
});

const CASES: readonly Case[] = [
  {
    code: "KL-AUTH",
    status: 401,
    body: errors({ code: "authentication_failed", detail: "Incorrect authentication credentials." }),
    level: "connection",
    says: /key was deleted/,
  },
  {
    code: "KL-SCOPE",
    status: 403,
    body: errors({ code: "permission_denied", detail: "The API key is missing required scopes: lists:read" }),
    level: "connection",
    says: /lists:read/,
  },
  {
    code: "KL-REVISION",
    status: 410,
    body: errors({ code: "revision_ended", detail: "The revision 2026-07-15 is no longer available." }),
    level: "connection",
    says: /revision 2026-07-15/,
  },
  { code: "KL-BLOCKED", status: 403, html: true, body: "<html>", level: "connection", says: /cloud/ },
  {
    code: "KL-RATE",
    status: 429,
    body: errors({ code: "throttled", detail: "Request was throttled. Expected available in 1 second." }),
    level: "connection",
    says: /continues automatically/,
  },
  {
    code: "KL-PHONE",
    status: 400,
    body: invalid(
      "Invalid phone number format (Example of a valid format: +12345678901)",
      "/data/attributes/phone_number",
    ),
    about: { property: "phone_number", value: "555 123" },
    level: "field",
    says: /"555 123" has no country code/,
  },
  {
    code: "KL-EMAIL",
    status: 400,
    body: invalid("Invalid email address", "/data/attributes/email"),
    about: { email: "who@where" },
    level: "contact",
    says: /"who@where"/,
  },
  {
    code: "KL-DUP",
    status: 409,
    body: duplicate,
    about: { email: "a@b.ee" },
    level: "contact",
    says: /a@b\.ee/,
  },
  {
    code: "KL-PHONE-TAKEN",
    status: 409,
    body: duplicate,
    about: { property: "phone_number", value: "+37255512345", profile: "01OTHER" },
    level: "field",
    says: /\+37255512345" belongs to profile 01OTHER/,
  },
  {
    code: "KL-EMAIL-TAKEN",
    status: 404,
    body: errors({ code: "not_found", detail: "A profile with id 01X does not exist." }),
    about: { property: "email", value: "new@b.ee" },
    level: "contact",
    says: /"new@b\.ee" belongs to another/,
  },
  {
    code: "KL-GONE",
    status: 404,
    body: errors({ code: "not_found", detail: "A profile with id 01X does not exist." }),
    about: { profile: "01X", email: "a@b.ee" },
    level: "contact",
    says: /no longer has profile 01X of a@b\.ee/,
  },
  {
    code: "KL-FIELD",
    status: 400,
    body: invalid("'tier' is not a valid field for the resource 'profile'.", "/data/attributes/tier"),
    level: "mapping",
    says: /no built-in field "tier"/,
  },
  {
    code: "KL-SIZE",
    status: 413,
    about: { largest: ["properties.Notes"] },
    level: "contact",
    says: /100 kB/,
  },
  {
    code: "KL-SMS",
    status: 400,
    body: invalid(
      "'phone_number' must not be empty when the sms channel is included in 'subscriptions'.",
      "/data/attributes/profiles/data/0/attributes/phone_number",
    ),
    level: "contact",
    says: /no phone number/,
  },
  {
    code: "KL-LIST",
    status: 404,
    body: errors({ code: "not_found", detail: "A list with id `YafG4m` does not exist." }),
    about: { list: "YafG4m" },
    level: "mapping",
    says: /YafG4m/,
  },
  { code: "KL-DOWN", status: 502, body: "", level: "connection", says: /could not be reached/ },
  { code: "KL-DOWN", status: null, level: "connection", says: /could not be reached/ },
  {
    code: "KL-UNKNOWN",
    status: 418,
    body: errors({ title: "I'm a teapot", detail: "Short and stout." }),
    level: "contact",
    says: /^Short and stout\.$/,
  },
];

function failure({ status, body, html = false }: Pick<Case, "status" | "body" | "html">): KlaviyoFailure {
  const details: FailureDetails = {
    operation: "update_profile",
    kind: status === null ? "unanswered" : "answered",
    status,
    errors: apiErrors(body),
    html,
    retryAfterMs: null,
    notSent: false,
    code: null,
  };
  return new KlaviyoFailure(details);
}

describe("an error answer of Klaviyo", () => {
  test.for(CASES)(
    "$status is $code, in words that need no manual",
    ({ code, about = {}, level, says, ...it }) => {
      const problem = problemOfFailure(failure(it), about);
      expect(problem).toMatchObject({ code, level, side: "klaviyo" });
      expect(problem.title.length).toBeLessThanOrEqual(60);
      expect(problem.explanation).toMatch(says);
      expect(problem.reference).toBe(apiErrors(it.body)[0]?.id ?? null);
    },
  );

  test("of a row of an import job is judged by the same table (KL-IMPORT)", () => {
    const error = {
      code: "invalid",
      title: "Invalid input",
      detail: "Invalid email address",
      source: { pointer: "/data/attributes/profiles/data/3/attributes/email" },
    };
    expect(problemOf({ status: null, html: false, error, about: {} }).code).toBe("KL-EMAIL");
  });

  test.for<[number, string, number]>([
    [401, "KL-AUTH", 300_000],
    [403, "KL-SCOPE", 300_000],
    [429, "KL-RATE", 60_000],
    [500, "KL-DOWN", 60_000],
    [400, "KL-UNKNOWN", 300_000],
  ])("%i where everybody is meant stops the side as %s", ([status, code, againMs]) => {
    const out = unavailable(failure({ status, body: errors({ code: "x", detail: "y" }) }));
    expect(out.problem).toMatchObject({ code, level: "connection" });
    expect(out.retryAfterMs).toBe(againMs);
  });

  test("whose body is nothing like one still is a problem", () => {
    for (const body of [
      null,
      7,
      "<html>",
      { errors: "?" },
      { errors: [null, 3] },
      { errors: [{ source: 1 }] },
    ]) {
      expect(problemOfFailure(failure({ status: 400, body })).code).toBe("KL-UNKNOWN");
    }
  });

  test("can be stored and read, whatever Klaviyo quotes and however long it is", () => {
    const long = `\0${"🎉".repeat(2_000)}`;
    const detail = `'${long}' is not a valid field for the resource 'profile'.`;
    const problems = [
      problemOfFailure(failure({ status: 400, body: errors({ detail }) })),
      problemOfFailure(failure({ status: 418, body: errors({ title: long, detail: long }) })),
      problemOfFailure(failure({ status: 409, body: duplicate }), { property: "phone_number", value: long }),
      valueProblem(`properties.${long}`, long, "number"),
    ];
    for (const { title, explanation } of problems) {
      const words = title + explanation;
      expect([words.isWellFormed(), words.includes("\0"), words.includes("\ufffd")]).toEqual([
        true,
        false,
        false,
      ]);
      expect([title.length <= 60, explanation.length <= 400]).toEqual([true, true]);
    }
  });
});
