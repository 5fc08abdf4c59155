import { category, isDaily, missingScope } from "./error-answer.ts";
import type { Row } from "./error-answer.ts";

/** The causes that stop everything with HubSpot, or that pass by themselves. */
export const ACCOUNT_PROBLEMS: readonly Row[] = [
  {
    code: "HS-AUTH-EXPIRED",
    level: "connection",
    retry: "soon",
    match: (answer) =>
      answer.signInLost || (answer.status === 401 && category(answer) === "EXPIRED_AUTHENTICATION"),
    title: "HubSpot sign-in has expired",
    explanation: "The access that HubSpot granted has ended, and renewing it failed.",
    fix: [
      "Compare this machine's clock with the real time: an app's access lasts half an hour by HubSpot's clock.",
      "If it lasts, install the app in HubSpot again, and put its new refresh token where refresh_token points.",
    ],
  },
  {
    code: "HS-AUTH",
    level: "connection",
    retry: "soon",
    match: ({ status }) => status === 401,
    title: "HubSpot no longer accepts our token",
    explanation:
      "The token was deleted, rotated or belongs to another account. Nothing is written until it is replaced.",
    fix: [
      "In HubSpot, an admin creates a new service key under Settings > Integrations > Service Keys.",
      "Put it where the mapping file says the token is.",
      "With auth: oauth, install the app in HubSpot again instead, and put its new refresh token in place.",
      "Test it with `tandem check --remote`.",
    ],
  },
  {
    code: "HS-EVENT-OFF",
    level: "connection",
    retry: "never",
    match: ({ about, status }) => about === "event" && (status === 403 || status === 404),
    title: "HubSpot does not let this app write timeline events",
    explanation: "Timeline events need an app that HubSpot approved; new apps cannot use the older API.",
    fix: ["Choose record_as: custom_event, note or properties_only in the mapping file."],
  },
  {
    code: "HS-USER",
    level: "connection",
    retry: "soon",
    match: (answer) => answer.status === 403 && category(answer) === "USER_DOES_NOT_HAVE_PERMISSIONS",
    title: "The HubSpot user behind the token lost a permission",
    explanation: "The token acts for a person whose rights changed, or who left.",
    fix: ["Create the token from an account that stays."],
  },
  {
    code: "HS-SCOPE",
    level: "connection",
    retry: "soon",
    match: ({ status }) => status === 403,
    title: (answer) => `HubSpot permission "${missingScope(answer)}" is missing`,
    explanation: (answer) => `HubSpot refused a call because the token lacks ${missingScope(answer)}.`,
    fix: (answer) => [
      `In HubSpot, an admin adds ${missingScope(answer)} to the key or app.`,
      "Test it with `tandem check --remote`.",
    ],
  },
  {
    code: "HS-QUOTA",
    level: "connection",
    retry: "soon",
    match: (answer) => answer.status === 429 && isDaily(answer.error),
    title: "HubSpot's daily limit is used up",
    explanation:
      "All tools of this HubSpot account share a number of calls a day. The rest waits until midnight in HubSpot's time zone.",
    fix: [
      "Find the tool that uses the calls.",
      "Or let Tandem use less: limits.api_share.hubspot in the mapping file bounds its part of the day, and schedule how often it reads.",
    ],
  },
  {
    code: "HS-RATE",
    level: "connection",
    retry: "soon",
    match: ({ status }) => status === 429,
    title: "HubSpot asked us to slow down",
    explanation: "There were too many calls in a short time.",
    fix: [],
  },
  {
    code: "HS-LOCKED",
    level: "contact",
    retry: "soon",
    match: ({ status }) => status === 423,
    title: "HubSpot locked the record for a moment",
    explanation: "Large volumes cause locks of about two seconds.",
    fix: [],
  },
  {
    code: "HS-MOVING",
    level: "connection",
    retry: "soon",
    match: ({ status }) => status === 477,
    title: "HubSpot is moving your account to another data centre",
    explanation: "Calls are refused until the move is done, for up to 24 hours.",
    fix: ["Nothing to do; see HubSpot's notice about the move."],
  },
  {
    code: "HS-DOWN",
    level: "connection",
    retry: "soon",
    match: ({ status, error }) => status === 0 || status === 408 || status >= 500 || error === null,
    title: "HubSpot did not answer",
    explanation: ({ status }) =>
      status === 0
        ? "No answer came from HubSpot. This is usually over in minutes."
        : `HubSpot, or something on the way to it, answered with status ${status}. This is usually over in minutes.`,
    fix: ["If it lasts more than an hour, look at status.hubspot.com."],
  },
];
