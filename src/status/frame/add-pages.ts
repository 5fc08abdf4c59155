import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Frame, Shell } from "./layout/layout.ts";
import { layout } from "./layout/layout.ts";
import type { Message } from "./layout/message-page.ts";
import { messagePage } from "./layout/message-page.ts";
import type { Answer, PageRequest, StatusPage } from "./layout/page.ts";
import { neededFor } from "./access/permissions.ts";
import { THIS_MACHINE } from "./access/sessions.ts";
import { seenDocument } from "../seen-document.ts";
import { send, sentLines } from "./send.ts";

/** What serving a page needs beside the page. */
export interface PageSettings {
  readonly shellOf: (request: FastifyRequest, reply: FastifyReply) => Shell;
  readonly readFrame: () => Promise<Omit<Frame, "shell">>;
  readonly tell: (
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    message: Message,
  ) => FastifyReply;
}

/** Serves pages: reads the frame, lets the page answer, and sends that as it was asked for. */
export function addPages(app: FastifyInstance, pages: readonly StatusPage[], settings: PageSettings): void {
  for (const page of pages) {
    const method = page.method ?? "GET";
    app.route({
      method,
      url: page.address,
      config: { needed: neededFor(method, page.address) },
      handler: async (request, reply) => {
        const shell = settings.shellOf(request, reply);
        const frame = { ...(await settings.readFrame()), shell };
        return sendAnswer(request, reply, page, frame, await page.answer(pageRequest(request, frame)));
      },
    });
  }
}

function asFile(reply: FastifyReply, name: string, type: string): FastifyReply {
  return reply.type(`${type}; charset=utf-8`).header("content-disposition", `attachment; filename="${name}"`);
}

function pageRequest(request: FastifyRequest, frame: Frame): PageRequest {
  const { query, params, body = null, url } = request;
  // The guard lets nobody in without a visitor; without one nothing is allowed.
  const visitor = request.visitor ?? { ...THIS_MACHINE, role: "viewer" };
  return { query, params, body, url, visitor, frame };
}

function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { place }: StatusPage,
  frame: Frame,
  answer: Answer,
): FastifyReply {
  const { shell } = frame;
  switch (answer.kind) {
    case "page": {
      const { title, content, status = 200 } = answer;
      const page = () => layout({ title, place, frame, shell, content });
      return send(request, reply.code(status), page, answer.document);
    }
    case "moved":
      if (answer.said !== undefined) request.session.set("said", answer.said);
      else if (shell.said !== null) request.session.set("said", shell.said);
      return reply.redirect(answer.to, 303);
    case "told": {
      const { status, message } = answer;
      const page = () => messagePage(message, frame, shell);
      return send(request, reply.code(status), page, { error: { status, ...message } });
    }
    case "table":
      return asFile(reply, answer.name, "text/csv").send(Readable.from(sentLines(request, answer.lines)));
    case "document":
      return asFile(reply, answer.name, "application/json").send(
        seenDocument(answer.document, request.sight, 2),
      );
  }
}
