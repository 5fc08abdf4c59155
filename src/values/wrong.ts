/**
 * What is wrong with a value of the mapping file, in one string, because that is what Zod carries: the message on the
 * first line (without the path, which is put before it), the help on the second.
 */
export function wrong(message: string, help: string): string {
  return `${message}\n${help}`;
}
