import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Asks a person and gives the answer, trimmed; what is typed as a secret is not shown. */
export type Ask = (question: string, options?: { readonly secret?: boolean }) => Promise<string>;

/** Questions on a terminal. Aborting `signal` ends the waiting with its reason. */
export function terminalAsk(input: NodeJS.ReadableStream, output: Writable, signal: AbortSignal): Ask {
  return async (question, { secret = false } = {}) => {
    output.write(question);
    // The line editor repeats every key that is pressed; a secret goes nowhere.
    const echo = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output;
    const lines = createInterface({ input, output: echo, terminal: true });
    try {
      return (await lines.question("", { signal })).trim();
    } finally {
      lines.close();
      if (secret) output.write("\n");
    }
  };
}
