import type { FastifyInstance } from "fastify";
import { neededFor } from "./permissions.ts";
import type { StatusReader } from "./status-reader.ts";

/** Who asks whether we are ready asks again soon. */
const READY_WITHIN_MS = 2_000;

/** For whoever keeps the process running: is it alive, and can it work? Nothing of anybody. */
export function probes(app: FastifyInstance, { reach }: Pick<StatusReader, "reach">): void {
  const config = (address: string) => ({ config: { needed: neededFor("GET", address) } });
  app.get("/healthz", config("/healthz"), (_request, reply) =>
    reply.type("text/plain; charset=utf-8").send("ok\n"),
  );
  app.get("/readyz", config("/readyz"), async (_request, reply) => {
    const ready = await within(READY_WITHIN_MS, reach());
    const words = ready ? "ready\n" : "the database does not answer\n";
    return reply
      .code(ready ? 200 : 503)
      .type("text/plain; charset=utf-8")
      .send(words);
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
