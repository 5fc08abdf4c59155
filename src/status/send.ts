import type { FastifyReply, FastifyRequest } from "fastify";
import type { Safe } from "./html.ts";
import { render } from "./html.ts";
import { maskAddresses } from "./mask-addresses.ts";
import { wantsJson } from "./wants-json.ts";

/** Whoever is not known to be allowed to sees no address. */
function masks(request: FastifyRequest): boolean {
  return request.visitor === null || request.visitor.role === "viewer";
}

/**
 * The page, or the same as JSON: whichever was asked for. The only way anything of a person leaves.
 *
 * @param page `null` where there is nothing but JSON
 */
export function send(
  request: FastifyRequest,
  reply: FastifyReply,
  page: (() => Safe) | null,
  document: object,
): FastifyReply {
  const asJson = page === null || wantsJson(request.headers.accept);
  const text = asJson ? JSON.stringify(document, ownWords) : render(page());
  return reply
    .type(asJson ? "application/json; charset=utf-8" : "text/html; charset=utf-8")
    .send(masks(request) ? maskAddresses(text) : text);
}

/** A file line by line: one of any size is sent in little memory. */
export async function* sentText(
  request: FastifyRequest,
  text: AsyncIterable<string>,
): AsyncGenerator<string> {
  for await (const part of text) yield masks(request) ? maskAddresses(part) : part;
}

/** For `JSON.stringify`: ids are beyond what its numbers hold exactly. */
export function ownWords(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
