import type { z } from "zod";
import { pageGuard, plausiblePages } from "../../http/page-guard.ts";
import type { PageGuard } from "../../http/page-guard.ts";
import type { Calls } from "./calls.ts";
import type { Call } from "./put-together.ts";
import { PROFILES_PER_PAGE } from "./put-together.ts";
import { KlaviyoFailure, malformed } from "../problems/failure.ts";
import { unavailable } from "../problems/problems.ts";

export interface Page<T> {
  readonly data: T;
  /** Klaviyo's cursor of the page behind this one; `null` behind the last. */
  readonly next: string | null;
  /** The server's time of the answer, milliseconds. */
  readonly at: number;
}

/** Any collection answer: what is on the page, and where the next one is. */
interface Linked {
  readonly links?: { readonly next?: string | null | undefined } | null | undefined;
}

export interface PagesOptions {
  /** May Klaviyo refuse the first page (400)? Then its refusal comes as `KlaviyoFailure`. */
  readonly refusable?: boolean;
  /** The same for 403, where what is read is one thing among several. */
  readonly forbiddable?: boolean;
  /** How many members Klaviyo counts there, where it does. */
  readonly members?: number | null;
  /** What is read, for people. Default: the operation. */
  readonly what?: string;
}

/**
 * Page after page, from the given one. A cursor that Klaviyo no longer takes starts over from the first page: pages may
 * repeat, but nothing is left out. 404 comes as `KlaviyoFailure`, and 400 and 403 where they are asked for.
 *
 * @throws EndlessPages behind a page that leads back to one of this pass
 */
export async function* pages<T extends Linked>(
  calls: Calls,
  origin: string,
  schema: z.ZodType<T>,
  call: (cursor: string | null) => Call,
  from: string | null,
  signal: AbortSignal,
  { refusable = false, forbiddable = false, members = null, what }: PagesOptions = {},
): AsyncGenerator<Page<T>> {
  const expected = [400, 404, ...(forbiddable ? [403] : [])];
  const guarded = (start: string | null, operation: string) =>
    pageGuard({
      side: "klaviyo",
      what: what ?? operation,
      log: calls.log,
      from: start,
      most: plausiblePages(members, PROFILES_PER_PAGE),
    });
  let cursor = from;
  let follow: PageGuard | null = null;
  for (;;) {
    const request = call(cursor);
    follow ??= guarded(from, request.operation);
    try {
      const { data, at } = await calls.read(request, schema, signal, expected);
      const next = nextCursor(data, origin, request.operation);
      yield { data, next, at };
      if (next === null) return;
      follow(next);
      cursor = next;
    } catch (error) {
      if (!(error instanceof KlaviyoFailure) || error.status !== 400) throw error;
      if (cursor === null || cursor !== from) throw refusable ? error : unavailable(error);
      calls.log("Klaviyo no longer takes a saved place and is read from the beginning", {
        system: "klaviyo",
        operation: request.operation,
      });
      cursor = null;
      follow = guarded(null, request.operation);
    }
  }
}

/** The cursor in a `next` link, which is a whole URL. It must be of the host we call: the key goes to no other. */
function nextCursor({ links }: Linked, origin: string, operation: string): string | null {
  const next = links?.next;
  if (next === null || next === undefined || next === "") return null;
  const url = URL.canParse(next) ? new URL(next) : null;
  if (url?.origin === origin) return url.searchParams.get("page[cursor]");
  throw unavailable(malformed(operation));
}
