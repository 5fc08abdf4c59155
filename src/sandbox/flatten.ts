/**
 * A graph of plain data as one flat list that JSON can hold, and back. What JSON itself would lose stays: Maps and Sets,
 * `undefined`, the infinite numbers, and that two places hold the very same object. Flat, so that a long chain of
 * versions is no deep nesting.
 *
 * Texts, finite numbers, booleans and null stand for themselves; everything else is `[index]` of its entry, or `[name]`
 * of a constant. An entry is an object as it is, or `["array" | "map" | "set", …]`.
 */
export function flatten(root: unknown): readonly unknown[] {
  const places = new Map<object, number>();
  const found: object[] = [];
  const refer = (value: unknown): unknown => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (value === undefined) return ["undefined"];
    if (typeof value === "number") return Number.isFinite(value) ? value : [String(value)];
    if (typeof value !== "object") throw new TypeError(`a ${typeof value} cannot be kept`);
    let place = places.get(value);
    if (place === undefined) {
      place = found.push(value) - 1;
      places.set(value, place);
    }
    return [place];
  };
  const entries: unknown[] = [refer(root)];
  // What is found grows while its members are looked at.
  for (const value of found) entries.push(entryOf(value, refer));
  return entries;
}

function entryOf(value: object, refer: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return ["array", ...value.map(refer)];
  if (value instanceof Set) return ["set", ...Array.from(value, refer)];
  if (value instanceof Map) return ["map", ...Array.from(value).flat(1).map(refer)];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError("only plain data can be kept");
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, refer(member)]));
}

const CONSTANTS: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ["undefined", undefined],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** @throws RangeError where it is not what `flatten` made */
export function unflatten([root, ...entries]: readonly unknown[]): unknown {
  const values = entries.map(emptyFor);
  const resolve = (place: unknown): unknown => {
    if (!Array.isArray(place)) return place;
    const [at] = place as readonly unknown[];
    if (CONSTANTS.has(at)) return CONSTANTS.get(at);
    if (typeof at !== "number" || !(at in values)) throw new RangeError(`nothing is kept at ${String(at)}`);
    return values[at];
  };
  entries.forEach((entry, index) => fill(values[index], entry, resolve));
  return resolve(root);
}

function emptyFor(entry: unknown): unknown {
  if (!Array.isArray(entry)) return {};
  switch (entry[0]) {
    case "array":
      return [];
    case "set":
      return new Set();
    case "map":
      return new Map();
    default:
      throw new RangeError(`${String(entry[0])} is no kind of entry`);
  }
}

function fill(value: unknown, entry: unknown, resolve: (place: unknown) => unknown): void {
  const [, ...members] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
  if (Array.isArray(value)) for (const member of members) value.push(resolve(member));
  else if (value instanceof Set) for (const member of members) value.add(resolve(member));
  else if (value instanceof Map) {
    for (let at = 0; at < members.length; at += 2) value.set(resolve(members[at]), resolve(members[at + 1]));
  } else {
    for (const [name, member] of Object.entries(entry as object)) {
      // Assigning would take a person's property `__proto__` for something else.
      const whole = { value: resolve(member), writable: true, enumerable: true, configurable: true };
      Object.defineProperty(value, name, whole);
    }
  }
}
