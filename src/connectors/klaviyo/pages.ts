import type { z } from "zod";
import type { Calls } from "./calls.ts";
import type { Call } from "./client.ts";
import { KlaviyoFailure, malformed } from "./failure.ts";
import { unavailable } from "./problems.ts";

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

/**
 * Page after page, from the given one. A cursor that Klaviyo no longer takes starts over from the first page: pages may
 * repeat, but nothing is left out. 404 comes as `KlaviyoFailure`, and 400 where it is `refusable`.
 */
export async function* pages<T extends Linked>(
  calls: Calls,
  origin: string,
  schema: z.ZodType<T>,
  call: (cursor: string | null) => Call,
  from: string | null,
  signal: AbortSignal,
  { refusable = false }: { readonly refusable?: boolean } = {},
): AsyncGenerator<Page<T>> {
  let cursor = from;
  for (;;) {
    const request = call(cursor);
    try {
      const { data, at } = await calls.read(request, schema, signal, [400, 404]);
      const next = nextCursor(data, origin, request.operation);
      // A page that names itself as the next one would be read for ever.
      const loops = next !== null && next === cursor;
      yield { data, next: loops ? null : next, at };
      if (next === null || loops) return;
      cursor = next;
    } catch (error) {
      if (!(error instanceof KlaviyoFailure) || error.status !== 400) throw error;
      if (cursor === null || cursor !== from) throw refusable ? error : unavailable(error);
      cursor = null;
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
