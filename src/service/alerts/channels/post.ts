import { TookTooLong, withinTotalTime } from "../../../connectors/http/total-time.ts";
import { ChannelError, networkWords } from "./channel-error.ts";

/** How long a channel may take for one try: nobody waits for it, but a socket that hangs is not kept. */
const PATIENCE_MS = 10_000;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * A URL that something may be sent to.
 *
 * @param name what it is the URL of, for the error
 * @throws ChannelError where it is no URL, or neither https nor of this machine
 */
export function channelUrl(text: string, name: string): URL {
  if (!URL.canParse(text)) throw new ChannelError(`${name} is not a URL`);
  const url = new URL(text);
  if (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname))) return url;
  throw new ChannelError(`${name} must be an https URL`);
}

/**
 * Sends one request. Redirects are not followed: a body with a signature is for this host alone.
 *
 * @throws ChannelError where the answer is not of the 200s, or none comes within ten seconds
 */
export async function post(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const status = await statusOf(url, body, headers, patienceMs);
  if (status >= 300 && status < 400) throw new ChannelError(`It redirects elsewhere (${status})`);
  if (status < 200 || status > 299) throw new ChannelError(`It answered ${status}`);
}

async function statusOf(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  patienceMs: number,
): Promise<number> {
  try {
    return await withinTotalTime(patienceMs, null, async (signal) => {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", "user-agent": "tandem", ...headers },
        redirect: "manual",
        signal,
      });
      // What it says is nobody's business, and may be without end.
      await answer.body?.cancel();
      return answer.status;
    });
  } catch (error) {
    if (error instanceof TookTooLong)
      throw new ChannelError(`It did not answer within ${patienceMs / 1_000} s`);
    throw new ChannelError(networkWords(error));
  }
}
