/** What a table says for a word that came from outside; nothing of what every object has, as for `__proto__`. */
export function wordOf<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
