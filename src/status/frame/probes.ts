import type { FastifyInstance } from "fastify";
import { neededFor } from "./access/permissions.ts";
import type { StatusReader } from "../status-reader.ts";

/** Who asks whether we are ready asks again soon. */
const READY_WITHIN_MS = 2_000;

/** What else keeps this process from living, or from working, in words; `null` where nothing does. */
export interface ProbedHealth {
  readonly alive: () => string | null;
  readonly ready: () => string | null;
}

/** For the program that keeps the process running: is it alive, and can it work? Nothing of anybody. */
export function probes(
  app: FastifyInstance,
  { reach }: Pick<StatusReader, "reach">,
  health: ProbedHealth = { alive: () => null, ready: () => null },
): void {
  const config = (address: string) => ({ config: { needed: neededFor("GET", address) } });
  app.get("/healthz", config("/healthz"), (_request, reply) => {
    const stuck = health.alive();
    return reply
      .code(stuck === null ? 200 : 503)
      .type("text/plain; charset=utf-8")
      .send(stuck === null ? "ok\n" : `stuck: ${stuck}\n`);
  });
  app.get("/readyz", config("/readyz"), async (_request, reply) => {
    const answers = await within(READY_WITHIN_MS, reach());
    const why = [answers ? null : "the database does not answer", health.ready()].filter(
      (one) => one !== null,
    );
    return reply
      .code(why.length === 0 ? 200 : 503)
      .type("text/plain; charset=utf-8")
      .send(why.length === 0 ? "ready\n" : `not ready: ${why.join("; ")}\n`);
  });
}

async function within(milliseconds: number, work: Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  const answered = work.then(
    () => true,
    () => false,
  );
  const ready = await Promise.race([answered, late]);
  clearTimeout(timer);
  return ready;
}
