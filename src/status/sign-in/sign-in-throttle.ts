/** Tries at one name that are let through in a minute, from wherever they come. */
export const TRIES_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
/** More names than people have: a list of guessed ones must not fill the memory. */
const NAMES_KEPT = 10_000;

/** Slows down the trying of passwords at one name over many machines; one machine is slowed down by its address. */
export interface SignInThrottle {
  /** @param device id of a browser in which that name signed in before; else `null` */
  mayTry(name: string, device: string | null): boolean;
  failed(name: string, device: string | null): void;
}

/**
 * A minute after the last wrong tries everything is as before. A known browser has its own count, so nobody can lock
 * somebody out by guessing elsewhere.
 */
export function signInThrottle(now: () => Date): SignInThrottle {
  const wrong = new Map<string, number[]>();
  const keyOf = (name: string, device: string | null): string => `${device ?? ""} ${name}`;
  const recent = (key: string): number[] => {
    const since = now().getTime() - MINUTE_MS;
    return (wrong.get(key) ?? []).filter((at) => at > since);
  };
  return {
    mayTry: (name, device) => recent(keyOf(name, device)).length < TRIES_PER_MINUTE,
    failed(name, device) {
      if (wrong.size >= NAMES_KEPT) wrong.clear();
      const key = keyOf(name, device);
      wrong.set(key, [...recent(key), now().getTime()]);
    },
  };
}
