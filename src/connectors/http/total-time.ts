/** A request took longer than it may, whatever of its answer had come. */
export class TookTooLong extends Error {
  constructor(ms: number) {
    super(`no whole answer in ${ms} ms`);
    this.name = "TookTooLong";
  }
}

/**
 * Ends `work` after so long, or with `signal`: its headers and its body together. A limit on silence is none, because a
 * body of one byte every few seconds is never silent. `work` gets its own signal, which frees its socket too.
 *
 * @throws TookTooLong, or the signal's reason
 */
export async function withinTotalTime<T>(
  ms: number,
  signal: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const own = new AbortController();
  let stop = (): void => undefined;
  const end = new Promise<never>((_resolve, reject) => {
    const fail = (why: Error): void => {
      // The caller is told first: the work's own words for an abort say nothing.
      reject(why);
      own.abort(why);
    };
    const timer = setTimeout(() => fail(new TookTooLong(ms)), ms);
    const abort = (): void => fail(signal?.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
  });
  const working = work(own.signal);
  // A caller that gave up does not hear how it ends.
  working.catch(() => {});
  try {
    return await Promise.race([working, end]);
  } finally {
    stop();
  }
}
