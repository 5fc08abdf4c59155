import { z } from "zod";
import { looksLikeKey } from "../diagnostics/mask-secrets.ts";
import { wrong } from "../../values/wrong.ts";

export const SECRET_HELP =
  "write `{ file: /run/secrets/NAME }` or `{ env: NAME }`, and revoke the token that was in this file";

const inFile = {
  error: wrong("must point at the secret, not contain it", SECRET_HELP),
  params: { code: "M120" },
};

/** Where a secret is: a file or an environment variable. Never the secret itself. */
export const secret = z
  .strictObject({
    file: z
      .string()
      .min(1, { error: wrong("must be a path", "for example `/run/secrets/hubspot`") })
      .refine((path) => !looksLikeKey(path), inFile)
      .optional()
      .describe(
        "Path of a file that holds the secret and nothing else; relative to where tandem is started.",
      ),
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
        error: wrong(
          "must be the name of an environment variable",
          "letters, digits and `_`, for example `HUBSPOT_TOKEN`",
        ),
      })
      .refine((name) => !looksLikeKey(name), inFile)
      .optional()
      .describe(
        "Name of an environment variable that holds the secret. Prefer a file: other programs can read these.",
      ),
  })
  .refine((ref) => (ref.file === undefined) !== (ref.env === undefined), {
    error: wrong("needs either `file` or `env`", "for example `{ file: /run/secrets/hubspot }`"),
  });

const portal = wrong(
  "must be the portal's number",
  "for example `1234567`; Settings > Account > Account defaults",
);
const app = wrong(
  "must be the app's number",
  "for example `1234567`; it is on the app's page in its developer account",
);
const account = wrong("must be the account's public key", "six letters and digits; Settings > API keys");

const expires = wrong("must be a day", "for example `2027-06-30`");

/** Neither system tells when a key ends: HubSpot's and Klaviyo's last until somebody revokes them. */
const keyExpires = z
  .string({ error: expires })
  .regex(/^\d{4}-\d{2}-\d{2}$/, { error: expires })
  .refine((day) => isDay(day), { error: expires })
  .optional()
  .describe(
    "The day on which the key ends or has to be rotated, as `2027-06-30`: `auth_expiring` counts to it.",
  );

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export const hubspotConnection = z.strictObject({
  auth: z
    .enum(["token", "oauth"])
    .optional()
    .describe("How Tandem signs in: a service key or private-app token, or an installed app (`oauth`)."),
  token: secret.optional().describe("Where the service key or private-app token is. Never the token itself."),
  token_expires: keyExpires,
  client_id: z
    .string()
    .regex(/^[\w-]{8,64}$/, {
      error: wrong("must be the app's client id", "it is on the app's page in its developer account"),
    })
    .optional()
    .describe("With `auth: oauth`: the app's client id, which is no secret."),
  client_secret: secret.optional().describe("With `auth: oauth`: where the app's client secret is."),
  refresh_token: secret
    .optional()
    .describe("With `auth: oauth`: where the refresh token is that installing the app gave."),
  app_id: z
    .union(
      [z.int({ error: app }).positive({ error: app }), z.string().regex(/^[1-9]\d{0,15}$/, { error: app })],
      {
        error: app,
      },
    )
    .optional()
    .describe("With `auth: oauth`: the app's number, for timeline templates."),
  developer_key: secret
    .optional()
    .describe(
      "With `auth: oauth`: where the API key of the app's developer account is, for timeline templates.",
    ),
  app_event: z
    .string({
      error: wrong("must be the event type's name", "its `uid` in the app's project, or its full name (ae…)"),
    })
    .min(1)
    .max(200)
    .optional()
    .describe(
      "With `auth: oauth`: the `uid` or full name of the app's event type, for `record_as: app_event`.",
    ),
  portal_id: z
    .union(
      [
        z.int({ error: portal }).positive({ error: portal }),
        z.string().regex(/^[1-9]\d{0,15}$/, { error: portal }),
      ],
      {
        error: portal,
      },
    )
    .optional()
    .describe("Guard: Tandem refuses to run against any other portal."),
  api_version: z
    .enum(["2026-03", "2026-09"], {
      error: wrong("must be a dated version that Tandem speaks", '`"2026-03"` or `"2026-09"`, in quotes'),
    })
    .optional()
    .describe("HubSpot's date-based API version, in quotes. Default 2026-03."),
  base_url: baseUrl("https://api.hubapi.com").optional().describe("For rehearsal: a loopback address."),
});

export const klaviyoConnection = z.strictObject({
  auth: z.enum(["private_key", "oauth"]).optional().describe("How Tandem signs in: a private API key."),
  token: secret.optional().describe("Where the private API key is. Never the key itself."),
  token_expires: keyExpires,
  account_id: z
    .string()
    .regex(/^[A-Za-z0-9]{6,12}$/, { error: account })
    .optional()
    .describe("Guard: Tandem refuses to run against any other account. The 6-character public key."),
  revision: z
    .string()
    .regex(/^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/, {
      error: wrong("must be one of Klaviyo's dated revisions", 'for example `"2026-07-15"`, in quotes'),
    })
    .optional()
    .describe("Klaviyo's API revision, in quotes. Default 2026-07-15."),
  base_url: baseUrl("https://a.klaviyo.com").optional().describe("For rehearsal: a loopback address."),
});

/** A key sent to another host is a key given away, so the format has no way to say one. */
export function baseUrl(...hosts: readonly string[]) {
  return z.string().refine((text) => hosts.some((host) => allowedOrigin(text, host) !== null), {
    error: wrong(
      "may only be a loopback address or the vendor's own host",
      `\`http://127.0.0.1:PORT\` or \`${hosts.join("` or `")}\``,
    ),
    params: { code: "M108" },
  });
}

function allowedOrigin(text: string, vendor: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.username === "" && url.password === "" && url.pathname === "/" && !/[?#]/.test(text);
  const loopback =
    (url.protocol === "http:" || url.protocol === "https:") &&
    ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return bare && (loopback || url.origin === vendor) ? url.origin : null;
}
