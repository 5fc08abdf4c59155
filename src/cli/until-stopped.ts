/** Waits for Ctrl-C or SIGTERM. */
export function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    // A pending promise alone does not keep a process alive; a timer does.
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener("abort", () => clearInterval(alive), { once: true });
  });
}
