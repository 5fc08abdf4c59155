/** A private key: everything (`full`), or the scopes it was made with. */
export interface ApiKey {
  readonly key: string;
  readonly scopes: "full" | readonly string[];
}

export interface ApiKeys {
  add(key: ApiKey): void;
  /** False when there was no such key. */
  revoke(key: string): boolean;
  all(): readonly ApiKey[];
  /** The key of an `Authorization` header, or null when it opens nothing. */
  find(authorization: string | undefined): ApiKey | null;
}

/** @param keys by their text; changed in place */
export function apiKeys(keys: Map<string, ApiKey>): ApiKeys {
  return {
    add: (key) => void keys.set(key.key, key),
    revoke: (key) => keys.delete(key),
    all: () => [...keys.values()],
    find(authorization) {
      const key = /^Klaviyo-API-Key (\S+)$/i.exec(authorization ?? "")?.[1];
      return (key === undefined ? undefined : keys.get(key)) ?? null;
    },
  };
}
