import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Frame } from "./layout/layout.ts";
import { neededFor } from "./access/permissions.ts";
import { send } from "./send.ts";
import type { Sessions } from "./access/sessions.ts";
import type { StatusReader } from "../status-reader.ts";
import { HEALTH_LABELS } from "../../words/health-words.ts";
import { withLocalTimes } from "../../words/local-time.ts";
import { exact, fromNow } from "../../words/time-words.ts";

/** What a page that is open learns while somebody reads it. */
export interface Pulse {
  readonly health: Frame["health"];
  /** How the health word is shown. */
  readonly tag: { readonly label: string; readonly tone: string };
  /** When both sides were last looked at: the moment, for machines and for people. */
  readonly look: { readonly at: Date; readonly exact: string; readonly words: string } | null;
  /** Contacts that began to fail since the page was made; `null` where it did not say when that was. */
  readonly newFailing: number | null;
  /** How long one is still signed in without another page; `null` where nobody is asked who they are. */
  readonly session: { readonly leftMs: number; readonly mayStay: boolean } | null;
}

/** What the pulse needs. */
export interface PulseDeps {
  readonly read: Pick<StatusReader, "failingSince">;
  readonly zone: () => string;
  readonly readFrame: () => Promise<Pick<Frame, "overview" | "health" | "now">>;
  readonly sessions: Pick<Sessions, "glance">;
}

const wanted = z.object({ since: z.iso.datetime().optional().catch(undefined) });

/**
 * Answers an open page's question how things are. A page asks by itself, every few seconds: that says nothing of a person
 * who is there, so it does not keep a session alive, and takes nothing out of it.
 */
export function pulseRoute(app: FastifyInstance, deps: PulseDeps): void {
  const config = { needed: neededFor("GET", "/pulse"), glance: true };
  app.get("/pulse", { config }, (request, reply) => answer(deps, request, reply));
}

async function answer(
  { read, zone, readFrame, sessions }: PulseDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { since } = wanted.parse(request.query);
  const [{ overview, health, now }, session, newFailing] = await Promise.all([
    readFrame(),
    sessions.glance(request),
    since === undefined ? null : read.failingSince(new Date(since)),
  ]);
  const at = overview.lastFinishedAt;
  const pulse: Pulse = {
    health,
    tag: HEALTH_LABELS[health.word],
    look: at === null ? null : { at, exact: withLocalTimes(exact(at), zone()), words: fromNow(at, now) },
    newFailing,
    session:
      session === null
        ? null
        : { leftMs: session.endsAt.getTime() - now.getTime(), mayStay: session.mayStay },
  };
  return send(request, reply, null, pulse);
}
