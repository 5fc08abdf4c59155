import { SystemUnavailable } from "../../../model/problem.ts";
import type { Problem } from "../../../model/problem.ts";
import { problemOf } from "./problems.ts";

const CHECK = "Test it with `tandem check --remote`.";
const PROBE_MS = 5 * 60_000;
const DOWN_MS = 60_000;

const WORDS = {
  revoked: {
    code: "HS-AUTH-REVOKED",
    title: "HubSpot does not accept the app's refresh token",
    explanation:
      "The app was uninstalled or its refresh token revoked. Nothing is written until the app is installed again.",
    fix: [
      "Install the app in HubSpot again, and put its new refresh token where refresh_token of connections.hubspot points.",
      CHECK,
    ],
  },
  unknown_client: {
    code: "HS-AUTH-CLIENT",
    title: "HubSpot does not know the app",
    explanation: "The client id or the client secret is not that of an app, or the secret was changed.",
    fix: [
      "Compare client_id, and what client_secret points at, with the app's page in its developer account.",
      CHECK,
    ],
  },
  refused: {
    code: "HS-AUTH-REFUSED",
    title: "HubSpot refused to renew the app's sign-in",
    explanation: "HubSpot gives no access token for this app's refresh token.",
    fix: ["Install the app in HubSpot again, and put its new refresh token in place.", CHECK],
  },
} as const satisfies Readonly<Record<string, Pick<Problem, "code" | "title" | "explanation" | "fix">>>;

/** Why an app is not signed in, for the person who can change it. */
export function signInRefused(cause: keyof typeof WORDS): SystemUnavailable {
  const rest = { level: "connection", side: "hubspot", field: null, retry: "soon", reference: null } as const;
  return new SystemUnavailable("hubspot", { ...WORDS[cause], ...rest }, PROBE_MS);
}

/** No answer of HubSpot's came; `status` is 0 where nothing did. */
export function signInUnanswered(status: number): SystemUnavailable {
  const problem = problemOf({
    status: status >= 500 ? status : 0,
    error: null,
    about: "account",
    property: null,
    subject: "",
    value: "",
    signInLost: false,
  });
  return new SystemUnavailable("hubspot", problem, DOWN_MS);
}
