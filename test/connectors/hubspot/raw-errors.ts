import type { ErrorAnswer } from "../../../src/connectors/hubspot/problems/error-answer.ts";
import type { Problem } from "../../../src/model/problem.ts";

/** An error answer as it arrives, and what is to be made of it. */
export interface Case {
  readonly status: number;
  /** As HubSpot sends it. */
  readonly body: string;
  readonly about?: ErrorAnswer["about"];
  readonly value?: string;
  readonly signInLost?: boolean;
  readonly says: readonly string[];
}

export const body = (parts: object): string =>
  JSON.stringify({ status: "error", correlationId: "c-1", ...parts });
const invalid = (name: string, error: string, message: string): string =>
  body({
    category: "VALIDATION_ERROR",
    message: `Property values were not valid: ${JSON.stringify([{ isValid: false, message, error, name }])}`,
  });

/** Whom each cause stops, and when it is tried again. */
export const EXPECTED: Readonly<Record<string, readonly [Problem["level"], Problem["retry"]]>> = {
  "HS-AUTH": ["connection", "soon"],
  "HS-AUTH-EXPIRED": ["connection", "soon"],
  "HS-SCOPE": ["connection", "soon"],
  "HS-USER": ["connection", "soon"],
  "HS-RATE": ["connection", "soon"],
  "HS-QUOTA": ["connection", "soon"],
  "HS-LOCKED": ["contact", "soon"],
  "HS-MOVING": ["connection", "soon"],
  "HS-DOWN": ["connection", "soon"],
  "HS-EMAIL": ["contact", "on_change"],
  "HS-OPTION": ["field", "on_change"],
  "HS-NOPROP": ["mapping", "soon"],
  "HS-READONLY": ["mapping", "on_change"],
  "HS-TYPE": ["field", "on_change"],
  "HS-RULE": ["field", "on_change"],
  "HS-REQUIRED": ["contact", "on_change"],
  "HS-EXISTS": ["contact", "soon"],
  "HS-EMAIL-TAKEN": ["contact", "on_change"],
  "HS-GONE": ["contact", "never"],
  "HS-LIST": ["mapping", "soon"],
  "HS-EVENT-OFF": ["connection", "never"],
  "HS-EVENT-DUP": ["contact", "never"],
  "HS-BATCH-DUP": ["contact", "soon"],
};

/** Raw bodies, one or more a row of the catalogue. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  "HS-AUTH": [
    {
      status: 401,
      body: body({ message: "Authentication credentials not found.", category: "INVALID_AUTHENTICATION" }),
      says: ["token"],
    },
  ],
  "HS-AUTH-EXPIRED": [
    {
      status: 401,
      body: body({
        message: "The OAuth token used to make this call expired 75 second(s) ago.",
        category: "EXPIRED_AUTHENTICATION",
      }),
      says: ["sign-in"],
    },
    {
      status: 0,
      body: "",
      signInLost: true,
      says: ["renewing it failed"],
    },
  ],
  "HS-SCOPE": [
    {
      status: 403,
      body: body({
        message: "This app hasn't been granted all required scopes to make this call.",
        errors: [
          {
            message: "One or more of the following scopes are required.",
            context: { requiredGranularScopes: ["crm.objects.contacts.write"] },
          },
        ],
        category: "MISSING_SCOPES",
      }),
      says: ["crm.objects.contacts.write"],
    },
  ],
  "HS-USER": [
    {
      status: 403,
      body: body({ message: "User does not have permission", category: "USER_DOES_NOT_HAVE_PERMISSIONS" }),
      says: ["user"],
    },
  ],
  "HS-RATE": [
    {
      status: 429,
      body: body({
        message: "You have reached your ten_secondly_rolling limit.",
        errorType: "RATE_LIMIT",
        policyName: "TEN_SECONDLY_ROLLING",
      }),
      says: ["slow down"],
    },
    {
      status: 429,
      body: body({ message: "You have reached your secondly limit.", category: "RATE_LIMITS" }),
      says: ["slow down"],
    },
  ],
  "HS-QUOTA": [
    {
      status: 429,
      body: body({
        message: "You have reached your daily limit.",
        errorType: "RATE_LIMIT",
        policyName: "DAILY",
      }),
      says: ["limits.api_share.hubspot in the mapping file", "daily limit", "midnight"],
    },
  ],
  "HS-LOCKED": [{ status: 423, body: body({ message: "locked" }), says: ["locked"] }],
  "HS-MOVING": [
    {
      status: 477,
      body: body({ message: "migrating" }),
      says: ["data centre"],
    },
  ],
  "HS-DOWN": [
    { status: 502, body: "<html>Bad gateway</html>", says: ["502"] },
    {
      status: 500,
      body: body({ message: "internal error" }),
      says: ["500"],
    },
    { status: 0, body: "", says: ["No answer"] },
  ],
  "HS-EMAIL": [
    {
      status: 400,
      body: invalid("email", "INVALID_EMAIL", "Email address ann@nowhere is invalid"),
      value: "ann@nowhere",
      says: ["ann@nowhere"],
    },
  ],
  "HS-OPTION": [
    {
      status: 400,
      body: invalid(
        "region",
        "INVALID_OPTION",
        "NAM Only was not one of the allowed options: [A, B, C, D, E, F]",
      ),
      value: "NAM Only",
      says: ["NAM Only", "region", "A, B, C, D, E…"],
    },
  ],
  "HS-NOPROP": [
    {
      status: 400,
      body: invalid("testproperty", "PROPERTY_DOESNT_EXIST", 'Property "testproperty" does not exist'),
      says: ["testproperty"],
    },
    {
      status: 400,
      body: body({
        message: "bad",
        errors: [
          {
            message: 'Property "gone" does not exist',
            code: "PROPERTY_DOESNT_EXIST",
            context: { propertyName: ["gone"] },
          },
        ],
      }),
      says: ["gone"],
    },
  ],
  "HS-READONLY": [
    {
      status: 400,
      body: invalid(
        "hs_score",
        "READ_ONLY_VALUE",
        '"hs_score" is a read only property; its value cannot be set',
      ),
      says: ["hs_score"],
    },
    {
      status: 400,
      body: body({ message: '"num_notes" is a calculated property; its value can\'t be set' }),
      says: ["num_notes"],
    },
  ],
  "HS-TYPE": [
    {
      status: 400,
      body: invalid("seats", "INVALID_LONG", "asd000 was not a valid long."),
      value: "asd000",
      says: ["seats", "number", "asd000"],
    },
    {
      status: 400,
      body: invalid("renewal", "INVALID_DATE", "x was not a valid date."),
      value: "x",
      says: ["date"],
    },
  ],
  "HS-RULE": [
    {
      status: 400,
      body: invalid("zip", "FAILED_VALIDATION_RULE", "zip must be 5 digits"),
      says: ["zip must be 5 digits"],
    },
  ],
  "HS-REQUIRED": [
    {
      status: 400,
      body: invalid("company", "REQUIRED_FIELD", "company is required"),
      says: ["company"],
    },
  ],
  "HS-EXISTS": [
    {
      status: 409,
      body: body({ message: "Contact already exists. Existing ID: 12345", category: "CONFLICT" }),
      says: ["12345"],
    },
  ],
  "HS-EMAIL-TAKEN": [
    {
      status: 400,
      body: body({
        category: "VALIDATION_ERROR",
        message:
          "Cannot set PropertyValueCoordinates{portalId=44956899, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=email, value=x@y.z} on 552148386511. 552239500007 already has that value.",
      }),
      says: ["person@example.com", "552239500007"],
    },
    {
      status: 409,
      body: body({ message: "Contact with that email exists", category: "CONFLICT" }),
      says: ["another contact"],
    },
  ],
  "HS-GONE": [
    {
      status: 404,
      body: body({ message: "resource not found" }),
      says: ["90 days", "restore it in HubSpot"],
    },
  ],
  "HS-LIST": [
    {
      status: 404,
      body: body({ message: "List not found" }),
      about: "list",
      says: ["person@example.com", "nobody is removed"],
    },
  ],
  "HS-EVENT-OFF": [
    {
      status: 403,
      body: body({ message: "no" }),
      about: "event",
      says: ["approved"],
    },
  ],
  "HS-EVENT-DUP": [
    {
      status: 409,
      body: body({ message: "An occurrence with this id already exists." }),
      about: "event",
      says: ["done"],
    },
  ],
  "HS-BATCH-DUP": [
    {
      status: 400,
      body: body({
        category: "VALIDATION_ERROR",
        message: "Duplicate IDs found in batch input: [12877907025]. IDs must be unique",
        context: { ids: ["12877907025"] },
      }),
      says: ["Tandem"],
    },
  ],
};
