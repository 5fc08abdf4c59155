import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks a person and gives the answer, trimmed; what is typed as a secret is not shown. */
export type Ask = (question: string, options?: { readonly secret?: boolean }) => Promise<string>;

/** Questions on a terminal. Aborting `signal` ends the waiting with its reason. */
export function terminalAsk(input: NodeJS.ReadableStream, output: Writable, signal: AbortSignal): Ask {
  return async (question, { secret = false } = {}) => {
    // The line editor shows every key that is pressed, and the question before it; a secret goes nowhere.
    if (secret) output.write(question);
    const echo = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output;
    const lines = createInterface({ input, output: echo, terminal: true });
    try {
      return (await lines.question(secret ? "" : question, { signal })).trim();
    } finally {
      lines.close();
      if (secret) output.write("\n");
    }
  };
}
