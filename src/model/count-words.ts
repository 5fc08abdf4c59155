const GROUPED = new Intl.NumberFormat("en-US");

/** A count as people read it: `47,612`. */
export function grouped(count: number): string {
  return GROUPED.format(count);
}

/** `1 contact`, `214 contacts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
