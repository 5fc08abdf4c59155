import { once } from "node:events";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { text } from "node:stream/consumers";

/** A request that a sink got. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behaviour = "ok" | "hang" | 500 | "redirect";

export interface Sink {
  readonly url: string;
  readonly got: readonly Received[];
  behave(as: Behaviour): void;
  close(): Promise<void>;
}

/** A program that takes webhooks, and can be as bad as one. */
export async function httpSink(): Promise<Sink> {
  const got: Received[] = [];
  let as: Behaviour = "ok";
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    got.push({ path: request.url ?? "", headers: request.headers, body });
    if (as === "hang") return;
    if (as === "redirect") response.writeHead(302, { location: "/elsewhere" });
    else response.writeHead(as === "ok" ? 200 : as);
    response.end("an answer that nobody reads");
  };
  const server: Server = createServer((request, response) => {
    void answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    behave: (next) => void (as = next),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export interface MailSink {
  readonly url: string;
  readonly mails: readonly string[];
  /** Answers the recipients with this code from now on. */
  answer(code: number): void;
  close(): Promise<void>;
}

/** The least of an SMTP server (RFC 5321) that takes a mail. */
export async function mailSink(): Promise<MailSink> {
  const mails: string[] = [];
  let recipients = 250;
  const server = createTcpServer((socket) => {
    let data: string | null = null;
    let rest = "";
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    say("220 sink");
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      rest += chunk;
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== null) {
          if (line === ".") {
            mails.push(data);
            data = null;
            say("250 taken");
          } else data += `${line}\n`;
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "DATA") {
          data = "";
          say("354 continue");
        } else if (verb === "RCPT") say(`${recipients} to ops@example.com`);
        else if (verb === "QUIT") socket.end("221 bye\r\n");
        else say("250 sink");
      }
    });
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    answer: (code) => void (recipients = code),
    async close() {
      server.close();
      await once(server, "close");
    },
  };
}
