import { TookTooLong, withinTotalTime } from "../../../connectors/http/total-time.ts";
import type { TakenMessage } from "../../../store/alerts/alert-messages.ts";
import { ChannelError, networkWords } from "./channel-error.ts";
import { detailLines, headline } from "./headline.ts";

interface Mail {
  /** `smtps://USER:PASSWORD@HOST:465`, or `smtp://…` with STARTTLS. */
  readonly smtp: string;
  readonly to: readonly string[];
  readonly from: string | null;
}

type Message = Pick<TakenMessage, "document" | "kind">;

const CONNECT_MS = 10_000;
const PATIENCE_MS = 30_000;
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Sends a message by SMTP, encrypted unless the server is on this machine. @throws ChannelError */
export async function sendByEmail({ smtp, to, from }: Mail, id: string, message: Message): Promise<void> {
  const server = smtpServer(smtp);
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    ...server.options,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const { document, kind } = message;
  const user = server.user;
  const sender = from ?? (user?.includes("@") === true ? user : to[0]);
  const mail = {
    from: { name: "Tandem", address: sender ?? "" },
    to: [...to],
    subject: headline(document, kind),
    text: `${detailLines(document, kind).join("\n\n")}\n`,
    messageId: `<${id}@tandem.invalid>`,
    headers: { "auto-submitted": "auto-generated", "x-auto-response-suppress": "All" },
  };
  try {
    await withinTotalTime(PATIENCE_MS, null, () => transport.sendMail(mail));
  } catch (error) {
    throw new ChannelError(mailWords(error));
  } finally {
    transport.close();
  }
}

/** How the server of an SMTP URL is reached. @throws ChannelError where it is none */
export function smtpServer(text: string): {
  readonly user: string | null;
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly secure: boolean;
    readonly requireTLS: boolean;
    readonly ignoreTLS: boolean;
    readonly auth?: { readonly user: string; readonly pass: string };
  };
} {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["smtp:", "smtps:"].includes(url.protocol) || url.hostname === "")
    throw new ChannelError("The SMTP server is not an smtp:// or smtps:// URL");
  const secure = url.protocol === "smtps:";
  const own = LOOPBACK.has(url.hostname);
  const user = url.username === "" ? null : decoded(url.username);
  return {
    user,
    options: {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTLS: !secure && !own,
      ignoreTLS: !secure && own,
      ...(user === null ? {} : { auth: { user, pass: decoded(url.password) } }),
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The server's own words stay out: they quote addresses. */
function mailWords(error: unknown): string {
  if (error instanceof TookTooLong) return `The mail server did not finish within ${PATIENCE_MS / 1_000} s`;
  if (typeof error === "object" && error !== null && "responseCode" in error) {
    const { responseCode } = error;
    if (typeof responseCode === "number") return `The mail server answered ${responseCode}`;
  }
  return networkWords(error);
}
