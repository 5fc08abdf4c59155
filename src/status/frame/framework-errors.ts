import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";

/** On what is answered before any hook has run: a request that could not be read. */
function bareHeaders(overTls: boolean): Readonly<Record<string, string>> {
  return {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    ...(overTls ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}

const WORDS = "The request could not be read.\n";

/** Answers an address that Fastify cannot read. Its own answer has no security headers, and repeats the address. */
export function answerUnreadable(reply: FastifyReply, status: number, overTls: boolean): void {
  void reply.code(status).headers(bareHeaders(overTls)).send(WORDS);
}

/** Answers what is no HTTP, or came too slowly, and closes the connection. */
export function answerBroken(fault: NodeJS.ErrnoException, socket: Socket, overTls: boolean): void {
  if (fault.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, reason] =
    fault.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? [408, "Request Timeout"]
      : fault.code === "HPE_HEADER_OVERFLOW"
        ? [431, "Request Header Fields Too Large"]
        : [400, "Bad Request"];
  const headers = { ...bareHeaders(overTls), "content-length": String(WORDS.length), connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status} ${reason}`, ...lines, "", WORDS].join("\r\n"));
}
