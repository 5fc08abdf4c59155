/** Each pass takes one encoding away. Nobody reads what is behind more of them. */
const PASSES = 8;

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  commat: "@",
  period: ".",
  plus: "+",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** What ends a word. Encoded it stays encoded: an address may hold `&#9` as it is, and would fall into two words. */
const ENDS_WORD = /[\p{Cc}\s]/gu;

/**
 * A word as it reads once every encoding is undone that links and HTML have: percent, also several times, entities, `\u`
 * escapes, quoted-printable. It is still one word.
 */
export function decodedWord(word: string): string {
  let text = word;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const next = once(text);
    if (next === text) break;
    text = next;
  }
  return text;
}

function once(text: string): string {
  return text
    .replaceAll(/%(?:25)+/g, "%")
    .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
      new TextDecoder()
        .decode(Buffer.from(run.replaceAll("%", ""), "hex"))
        .replaceAll(ENDS_WORD, encodeURIComponent),
    )
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));?/gi, entity)
    .replaceAll(/\\u([0-9a-f]{4})/gi, (all, hex: string) => within(all, Number.parseInt(hex, 16)))
    .replaceAll(/=(40|2e|2b)/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function entity(all: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? all;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= 0x10_ff_ff ? within(all, code) : all;
}

/** The character of this code, where it may stand within a word. */
function within(encoded: string, code: number): string {
  const character = String.fromCodePoint(code);
  return character.replaceAll(ENDS_WORD, "") === "" ? encoded : character;
}

/** Text inside of a word that is written in base64 or in hexadecimal digits. */
export function hiddenTexts(word: string): readonly { readonly token: string; readonly text: string }[] {
  const tokens = word.match(/[A-Za-z0-9+_-]{12,}/g) ?? [];
  return tokens.flatMap((token) => {
    const encodings = /^(?:[0-9a-f]{2})+$/i.test(token)
      ? (["hex", "base64"] as const)
      : (["base64"] as const);
    const texts = encodings.map((encoding) => Buffer.from(token, encoding).toString());
    // Anything can be decoded; what somebody wrote has no control characters and is whole.
    return texts.filter((text) => /^[^\p{Cc}\ufffd]+$/u.test(text)).map((text) => ({ token, text }));
  });
}
