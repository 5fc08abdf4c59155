import { clip } from "../../../model/clip.ts";
import type { TakenMessage } from "../../../store/alerts/alert-messages.ts";
import { detailLines, headline } from "./headline.ts";
import { channelUrl, post } from "./post.ts";

const SIGNS: Readonly<Record<string, string>> = { critical: "🔴", error: "🟠", warning: "🟡" };
/** Slack's limits for a header and a section (its Block Kit reference). */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3_000;

type Message = Pick<TakenMessage, "document" | "kind">;

/** Sends a message to an incoming webhook. @throws ChannelError */
export async function sendToSlack(webhook: string, message: Message): Promise<void> {
  await post(channelUrl(webhook, "The Slack webhook"), JSON.stringify(slackBody(message)));
}

/** What Slack is sent: blocks, and a text for notifications. Values cannot become links or mentions. */
export function slackBody({ document, kind }: Message): object {
  const sign = kind === "resolved" ? "🟢" : kind === "test" ? "🔵" : (SIGNS[document.severity] ?? "");
  const first = `${sign} ${headline(document, kind)}`;
  const details = detailLines(document, kind).map(escaped).join("\n");
  return {
    text: clip(escaped(first), LONGEST_SECTION),
    blocks: [
      { type: "header", text: { type: "plain_text", text: clip(first, LONGEST_HEADER) } },
      { type: "section", text: { type: "mrkdwn", text: clip(details, LONGEST_SECTION) } },
    ],
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
