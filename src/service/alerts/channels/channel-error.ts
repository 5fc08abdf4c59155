/** Why a message did not get through, in words that hold no URL, key or answer: they are logged, stored and shown. */
export class ChannelError extends Error {
  constructor(words: string) {
    super(words);
    this.name = "ChannelError";
  }
}

/** Words for what is thrown by network code: only its code may be shown, since its message may hold the URL. */
export function networkWords(error: unknown): string {
  const code = codeOf(error);
  return code === null ? "The connection failed" : `The connection failed (${code})`;
}

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(error.code))
    return error.code;
  return "cause" in error ? codeOf(error.cause) : null;
}
