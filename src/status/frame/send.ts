import type { FastifyReply, FastifyRequest } from "fastify";
import { csvLine } from "../parts/csv-line.ts";
import type { CsvCell } from "../parts/csv-line.ts";
import type { Safe } from "./layout/html.ts";
import { render } from "./layout/html.ts";
import { seenDocument } from "../seen-document.ts";
import type { Sight } from "../../words/sight.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** How much of people this reader sees: masked until somebody is known who may see more. */
    readonly sight: Sight;
  }
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
  const { sight } = request;
  const asJson = page === null || wantsJson(request);
  return reply
    .type(asJson ? "application/json; charset=utf-8" : "text/html; charset=utf-8")
    .send(asJson ? seenDocument(document, sight) : render(page(), sight));
}

/** Whether JSON is preferred to a page. Programs that prefer nothing get the page. */
export function wantsJson(request: FastifyRequest): boolean {
  return request.accepts().type("html", "json") === "json";
}

/** A table as CSV, line by line: one of any size is sent in little memory. */
export async function* sentLines(
  { sight }: Pick<FastifyRequest, "sight">,
  lines: AsyncIterable<readonly CsvCell[]>,
): AsyncGenerator<string> {
  // Spreadsheets take a file for UTF-8 only where it begins so.
  yield "\uFEFF";
  for await (const line of lines) yield csvLine(line, sight);
}
