/** A regular expression as its literal says it. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** What stands in a pattern for one character: an escape, a class, the dot, a letter. Quantifiers and groups fall away. */
const ATOM =
  /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^])|\[\^?\]?(?:\\[^]|[^\]\\])*\]|\.|[^\\[\]().|*+?{}^$]|[{}]/gu;
/** What is in a pattern and matches no character. */
const NO_CHARACTER = /\{\d+(?:,\d*)?\}|\(\?(?:<?[=!]|:|<\w+>)|\\[bB]/g;

/** Tried for every class. Each of them is in some class of some pattern and not in its neighbour. */
const CANDIDATES = ["a", "A", "1", "0", "9", " ", "\t", "\n", ".", "-", "@", "é", "\u2028", "\u0000", "字"];
/** No pattern asks for these at its end, or they end what it repeats. */
const ENDS = ["", "\u0001", "\n"];
/** So many characters of a class are told apart. */
const MEMBERS = 2;
/** Pairs of atoms that stand further apart than this are not put together. */
const NEAR = 3;

/**
 * Texts, of any size, that a pattern may be slow on: each part of it repeated, neighbouring parts by turns, its
 * beginnings repeated, and a beginning with one part repeated. Each ends so that the pattern almost fits, and does not.
 */
export function* worstInputs({ source, flags }: Pattern): Generator<(size: number) => string> {
  const atoms = atomsOf(source, flags);
  const firsts = atoms.map(([first = ""]) => first);
  const beginnings = new Set(spread(firsts.length).map((length) => firsts.slice(0, length).join("")));
  const units = new Set<string>(["a", "1", " ", "a@", "a.", "\n", "\\", '"', "<", "{{"]);
  for (const [index, members] of atoms.entries()) {
    for (const member of members) {
      units.add(member);
      for (const near of firsts.slice(index + 1, index + 1 + NEAR)) units.add(member + near);
    }
  }
  for (const [index] of firsts.entries()) units.add(firsts.slice(0, index + 1).join(""));
  for (const unit of units) {
    for (const end of ENDS) yield filled("", unit, end);
    for (const beginning of beginnings) yield filled(beginning, unit, "\u0001");
  }
}

/** The characters that each part of a pattern takes, a few of each. */
function atomsOf(source: string, flags: string): readonly (readonly string[])[] {
  const kinds = flags.replaceAll(/[gy]/g, "");
  const own = Array.from(source).filter((sign) => !CANDIDATES.includes(sign));
  const candidates = [...new Set([...CANDIDATES, ...own])];
  const seen = new Set<string>();
  return [...source.replaceAll(NO_CHARACTER, "").matchAll(ATOM)].flatMap(([atom]) => {
    const one = fitting(atom, kinds);
    if (one === null) return [];
    const members = candidates.filter((sign) => one.test(sign)).slice(0, MEMBERS);
    const name = members.join("");
    if (members.length === 0 || (seen.has(`${atom}${name}`) && atom.length > 1)) return [];
    seen.add(`${atom}${name}`);
    return [members];
  });
}

function fitting(atom: string, flags: string): RegExp | null {
  try {
    return new RegExp(`^(?:${atom})$`, flags);
  } catch {
    // "\1", or a sign that only means something within its group.
    return null;
  }
}

/** Every length of a short pattern, and a dozen of a long one. */
function spread(length: number): readonly number[] {
  const step = Math.max(1, Math.ceil(length / 12));
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => (index + 1) * step);
}

function filled(beginning: string, unit: string, end: string): (size: number) => string {
  return (size) => {
    const room = size - beginning.length - end.length;
    return beginning + unit.repeat(Math.ceil(room / unit.length)).slice(0, room) + end;
  };
}
