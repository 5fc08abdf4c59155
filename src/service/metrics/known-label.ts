/**
 * Lets through a bounded number of values for a label, the first that come; the rest is `other`. A vendor that invents
 * names, or a fault of ours, makes no series without end.
 */
export function knownLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    const plain = value.replaceAll(/[^\w .-]/g, "_").slice(0, 60);
    if (known.has(plain)) return plain;
    if (known.size >= most) return "other";
    known.add(plain);
    return plain;
  };
}
