import * as fc from "fast-check";
import { expect } from "vitest";
import { sandboxClock } from "../../src/sandbox/clock.ts";
import { flatten, unflatten } from "../../src/sandbox/flatten.ts";
import type { Vendor } from "../../src/sandbox/server.ts";
import { startVendor } from "../../src/sandbox/server.ts";
import type { World } from "../../src/sandbox/world.ts";
import { world } from "../../src/sandbox/world.ts";
import { assertLawOf } from "../support/law.ts";

/** One thing that somebody does, whose meaning the two numbers choose. It may be refused. */
export type Act = readonly [kind: number, one: number, other: number];

export interface Kind<S extends { readonly vendor: Vendor; keep(): unknown }> {
  make(world: World, kept: unknown): S;
  /** Somebody and something of everything, so that most of what is done finds whom to do it to. */
  begin(sandbox: S): void;
  act(sandbox: S, act: Act, world: World): void;
  dump(sandbox: S): unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: readonly Request[];
}

/** `next` finds the path of the following page in an answer. */
export interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly next?: (body: unknown) => Request | null;
}

/** The part of the runs that two servers over HTTP get. */
const DEAR = 0.025;

const NOON = Date.parse("2026-06-15T12:00:00.000Z");
const acts = fc.array(fc.tuple(fc.nat(50), fc.nat(30), fc.nat(30)), { minLength: 5, maxLength: 60 });

/**
 * Whatever was done to a server, one that continues from what it kept is its twin: the same contents, the same answers,
 * cursors given before included, and whatever is done to both from then on makes them no different.
 */
export async function compareTwins<S extends { readonly vendor: Vendor; keep(): unknown }>(
  kind: Kind<S>,
): Promise<void> {
  const law = fc.asyncProperty(
    acts,
    acts,
    fc.constantFrom(0, 0, 0, 1, 60_000),
    async (before, after, pause) => {
      const clock = sandboxClock(() => NOON);
      const own = world(3, clock);
      const first = kind.make(own, undefined);
      kind.begin(first);
      const doAll = (sandbox: S, its: World, all: readonly Act[]): void => {
        for (const act of all) attempt(() => kind.act(sandbox, act, its));
      };
      doAll(first, own, before);
      const firstServer = await startVendor(first.vendor);
      const given = await answers(firstServer.url, kind, 1);

      const kept = written({ world: own.data, sandbox: first.keep() });
      const twinClock = sandboxClock(() => NOON, clock.now() - NOON);
      const twinWorld = world(99, twinClock, kept.world as World["data"]);
      const twin = kind.make(twinWorld, kept.sandbox);
      const twinServer = await startVendor(twin.vendor);
      try {
        expect(kind.dump(twin)).toEqual(kind.dump(first));
        for (const each of [clock, twinClock]) each.advance(pause);
        const cursors = given.map(({ next }) => next).filter((next) => next !== null);
        const goOn = (url: string) => Promise.all(cursors.map((request) => answer(url, kind, request)));
        expect(await goOn(twinServer.url)).toEqual(await goOn(firstServer.url));
        doAll(first, own, after);
        doAll(twin, twinWorld, after);
        expect(kind.dump(twin)).toEqual(kind.dump(first));
        expect(await answers(twinServer.url, kind)).toEqual(await answers(firstServer.url, kind));
      } finally {
        await Promise.all([firstServer.close(), twinServer.close()]);
      }
    },
  );
  await assertLawOf(law, DEAR);
}

/** As a file would have it. */
function written(data: { world: unknown; sandbox: unknown }): { world: unknown; sandbox: unknown } {
  const parsed: unknown = JSON.parse(JSON.stringify(flatten(data)));
  return unflatten(parsed as unknown[]) as typeof data;
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // A vendor error is as good as anything: the twin has to refuse as well.
  }
}

interface Given {
  readonly status: number;
  readonly body: unknown;
  readonly next: Request | null;
}

/** All the requests, each page after page. */
async function answers(
  url: string,
  kind: Pick<Kind<never>, "headers" | "requests">,
  pages = 20,
): Promise<readonly Given[]> {
  const all: Given[] = [];
  for (const first of kind.requests) {
    let request: Request | null = first;
    for (let page = 0; request !== null && page < pages; page += 1) {
      const given: Given = await answer(url, kind, request);
      all.push(given);
      request = given.next;
    }
  }
  return all;
}

async function answer(
  url: string,
  { headers }: Pick<Kind<never>, "headers">,
  request: Request,
): Promise<Given> {
  const response = await fetch(url + request.path, {
    method: request.method,
    headers,
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  // The address, and what HubSpot calls an answer, are of one time only; everything else has to be the same.
  const text = (await response.text()).replaceAll(url, "").replaceAll(/"correlationId":"[^"]+"/g, '"":""');
  const body: unknown = text === "" ? null : JSON.parse(text);
  const following = request.next?.(body) ?? null;
  const { next: further } = request;
  const next = following === null || further === undefined ? following : { ...following, next: further };
  return { status: response.status, body, next };
}
