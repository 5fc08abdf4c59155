import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Channels } from "../../../src/model/watch/alerting.ts";
import { ChannelError } from "../../../src/service/alerts/channels/channel-error.ts";
import { smtpServer } from "../../../src/service/alerts/channels/email.ts";
import { channelUrl, post } from "../../../src/service/alerts/channels/post.ts";
import { sendMessage } from "../../../src/service/alerts/channels/send-message.ts";
import type { Outgoing } from "../../../src/service/alerts/channels/send-message.ts";
import { slackBody } from "../../../src/service/alerts/channels/slack.ts";
import type { AlertDocument } from "../../../src/store/alerts/alert-messages.ts";
import type { MailSink, Received, Sink } from "./sinks.ts";
import { httpSink, mailSink } from "./sinks.ts";

let http: Sink;
let mail: MailSink;
beforeAll(async () => void ([http, mail] = await Promise.all([httpSink(), mailSink()])));
afterAll(async () => void (await Promise.all([http.close(), mail.close()])));
beforeEach(() => http.behave("ok"));

const NOW = new Date();
const SECRET = `whsec_${Buffer.from("a secret of 24 characters").toString("base64")}`;

const DOCUMENT: AlertDocument = {
  id: "acme-main stopped 7",
  type: "stopped",
  severity: "critical",
  connection: "acme-main",
  started_at: "2026-11-01T08:00:00.000Z",
  resolved_at: null,
  summary: "Syncing has stopped: HubSpot did not accept the key",
  cause: "HubSpot answered 401 <https://example.com|here> & more.",
  fix: "Create a new key.",
  url: "https://tandem.example.com/",
};

const channels = (): Channels => ({
  slack: { webhook: { env: "SLACK" } },
  email: { smtp: { env: "SMTP" }, to: ["ops@example.com", "oncall@example.com"], from: null },
  webhook: { url: { env: "HOOK" }, secret: { env: "SECRET" } },
  pagerduty: { routingKey: { env: "KEY" }, baseUrl: http.url },
  heartbeat: null,
});
const env = () => ({
  SLACK: `${http.url}/slack/verysecret`,
  SMTP: mail.url,
  HOOK: `${http.url}/hook`,
  SECRET,
  KEY: "routing-verysecret",
});
const send = (channel: Outgoing["channel"], kind: Outgoing["kind"] = "opened", document = DOCUMENT) =>
  sendMessage(channels(), { channel, kind, document, messageId: "tandem-1-7" }, env(), NOW);
const last = () => http.got.at(-1);
const lastJson = (): unknown => JSON.parse(last()?.body ?? "");

describe("a message", () => {
  test("to a webhook is the document, signed as Standard Webhooks says", async () => {
    const { id, ...others } = DOCUMENT;
    await send("webhook", "opened", { ...others, id });
    const { headers, body }: Pick<Received, "headers" | "body"> = last() ?? { headers: {}, body: "" };
    expect(body).toBe(JSON.stringify(DOCUMENT));
    const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    expect(new Webhook(SECRET).verify(body, signed)).toEqual(DOCUMENT);
    expect(() => new Webhook(SECRET).verify(body.replace("401", "402"), signed)).toThrow(
      "No matching signature",
    );
    expect(headers["webhook-id"]).toBe("tandem-1-7");
  });

  test("to Slack says it in blocks, and nothing in it becomes a link or a mention", async () => {
    await send("slack");
    expect(last()?.path).toBe("/slack/verysecret");
    const said = last()?.body ?? "";
    expect(said).toContain("acme-main: Syncing has stopped");
    expect(said).toContain("&lt;https://example.com|here&gt; &amp; more");
    expect(slackBody({ document: DOCUMENT, kind: "resolved" })).toMatchObject({
      blocks: [{ text: { text: expect.stringMatching(/^🟢 Resolved: acme-main/) as string } }, {}],
    });
  });

  test("to PagerDuty opens an incident, and the end of the alert closes the same one", async () => {
    await send("pagerduty");
    const opened = lastJson();
    expect(last()?.path).toBe("/v2/enqueue");
    expect(opened).toMatchObject({ event_action: "trigger", payload: { severity: "critical" } });
    await send("pagerduty", "resolved", { ...DOCUMENT, resolved_at: "2026-11-01T09:00:00.000Z" });
    expect(lastJson()).toEqual({
      routing_key: "routing-verysecret",
      event_action: "resolve",
      dedup_key: (opened as { dedup_key: string }).dedup_key,
    });
  });

  test("a test of PagerDuty leaves no incident open", async () => {
    const before = http.got.length;
    await send("pagerduty", "test", { ...DOCUMENT, type: "test", severity: "info" });
    const sent = http.got.slice(before).map(({ body }) => JSON.parse(body) as { event_action: string });
    expect(sent.map((event) => event.event_action)).toEqual(["trigger", "resolve"]);
  });

  test("by email has a subject, a text for people, and says that a program wrote it", async () => {
    await send("email");
    const [written = ""] = mail.mails.slice(-1);
    const unfolded = written.replaceAll(/\n[ \t]+/g, " ");
    expect(unfolded).toMatch(/^To: ops@example\.com, oncall@example\.com$/m);
    expect(unfolded).toMatch(/^Subject: acme-main: Syncing has stopped: HubSpot did not accept the key$/m);
    expect(unfolded).toMatch(/^Auto-Submitted: auto-generated$/im);
    expect(unfolded).toMatch(/^Message-ID: <tandem-1-7@tandem\.invalid>$/im);
    expect(written).toContain("What to do: Create a new key.");
  });
});

describe("a channel that does not take a message", () => {
  const why = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(ChannelError);
    const words = (error as Error).message;
    expect(`${words} ${String((error as Error).cause)}`).not.toMatch(/verysecret|127\.0\.0\.1|example\.com/);
    return words;
  };

  test("because it answers 500", async () => {
    http.behave(500);
    expect(await why(send("slack"))).toBe("It answered 500");
  });

  test("because it redirects: that is not followed", async () => {
    http.behave("redirect");
    const before = http.got.length;
    expect(await why(send("webhook"))).toBe("It redirects elsewhere (302)");
    expect(http.got.slice(before).map(({ path }) => path)).toEqual(["/hook"]);
  });

  test("because it hangs", async () => {
    http.behave("hang");
    expect(await why(post(new URL(http.url), "{}", {}, 50))).toBe("It did not answer within 0.05 s");
  });

  test("because nobody is there", async () => {
    const away = await httpSink();
    await away.close();
    expect(await why(post(new URL(`${away.url}/verysecret`), "{}"))).toBe(
      "The connection failed (ECONNREFUSED)",
    );
  });

  test("because the mail server refuses the recipient, whose address its answer quotes", async () => {
    mail.answer(550);
    expect(await why(send("email"))).toBe("The mail server answered 550");
    mail.answer(250);
  });

  test("because its secret is nowhere", async () => {
    const message = { channel: "slack", kind: "opened", document: DOCUMENT, messageId: "1" } as const;
    expect(await why(sendMessage(channels(), message, {}, NOW))).toBe(
      "There is no secret: environment variable SLACK is not set",
    );
  });

  test.each(["http://hooks.example.com/verysecret", "ftp://127.0.0.1/verysecret", "verysecret"])(
    "because its URL may not be used: %s",
    async (url) => {
      expect(await why(Promise.resolve().then(() => channelUrl(url, "The webhook")))).toMatch(
        /^The webhook (?:must be an https URL|is not a URL)$/,
      );
    },
  );
});

test("mail leaves this machine encrypted or not at all", () => {
  expect(smtpServer("smtps://u%40a:p%2Fw@mail.example.com").options).toEqual({
    host: "mail.example.com",
    port: 465,
    secure: true,
    requireTLS: false,
    ignoreTLS: false,
    auth: { user: "u@a", pass: "p/w" },
  });
  expect(smtpServer("smtp://mail.example.com").options).toMatchObject({ port: 587, requireTLS: true });
  expect(smtpServer("smtp://127.0.0.1:2525").options).toMatchObject({ port: 2525, requireTLS: false });
  expect(() => smtpServer("https://mail.example.com")).toThrow(ChannelError);
});
