import accepts from "@fastify/accepts";
import type { FastifyInstance } from "fastify";
import Fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { wantsJson } from "../../../src/status/frame/send.ts";

let app: FastifyInstance;
beforeAll(async () => {
  app = Fastify();
  await app.register(accepts);
  app.get("/", async (request) => ({ json: wantsJson(request) }));
});
afterAll(() => app.close());

test.each([
  ["application/json", true],
  ["application/json, text/plain, */*", true],
  ["Application/JSON;q=0.9", true],
  ["text/html;q=0.5, application/json", true],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false],
  ["text/html, application/json;q=0.5", false],
  ["application/json;q=0", false],
  ["*/*", false],
  ["", false],
  ["image/png", false],
  [`${"a/b;q=1,".repeat(500)}\t;;==,/`, false],
  [undefined, false],
])("%s: %s", async (accept, json) => {
  const answer = await app.inject({ url: "/", headers: accept === undefined ? {} : { accept } });
  expect(answer.json()).toEqual({ json });
});
