/** Tries at one name that are let through in a minute, from wherever they come. */
export const TRIES_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
/** More names than people have: a list of guessed ones must not fill the memory. */
const NAMES_KEPT = 10_000;

/** Slows down the trying of passwords at one name over many machines; one machine is slowed down by its address. */
export interface SignInThrottle {
  mayTry(name: string, machine: string): boolean;
  failed(name: string): void;
  succeeded(name: string, machine: string): void;
}

/**
 * A minute after the last wrong tries everything is as before, and a machine from which that name has signed in before
 * is always let through: nobody can lock somebody out by guessing.
 */
export function signInThrottle(now: () => Date): SignInThrottle {
  const wrong = new Map<string, number[]>();
  const known = new Set<string>();
  const recent = (name: string): number[] => {
    const since = now().getTime() - MINUTE_MS;
    return (wrong.get(name) ?? []).filter((at) => at > since);
  };
  return {
    mayTry: (name, machine) => known.has(`${machine} ${name}`) || recent(name).length < TRIES_PER_MINUTE,
    failed(name) {
      if (wrong.size >= NAMES_KEPT) wrong.clear();
      wrong.set(name, [...recent(name), now().getTime()]);
    },
    succeeded(name, machine) {
      if (known.size >= NAMES_KEPT) known.clear();
      known.add(`${machine} ${name}`);
    },
  };
}
