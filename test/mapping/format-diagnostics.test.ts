import { describe, expect, test } from "vitest";
import { checkAgainst } from "../../src/mapping/check-against.ts";
import { formatDiagnostics } from "../../src/mapping/format-diagnostics.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import { mappingText } from "./mapping-text.ts";
import { portal, shop } from "./schemas.ts";

/** Puts a text at a line of a file: everything above is comments. */
function atLine(line: number, text: string): string {
  return "#\n".repeat(line - 1) + text;
}

function printed(text: string, file = "broken.yaml"): string {
  return formatDiagnostics(parseMapping(text, file).diagnostics, text);
}

describe("the samples that the format was designed by, letter by letter", () => {
  test("a key twice", () => {
    const above = "fields:\n  - hubspot: phone\n    klaviyo: phone_number\n    winner: klaviyo\n";
    expect(printed(atLine(56, `${above}    winner: hubspot\n`), "dup.yaml"))
      .toBe(`dup.yaml:60:5: error[M011]: key \`winner\` appears twice in the same entry
   |
60 |     winner: hubspot
   |     ^
   = help: delete one of the two

1 error in dup.yaml
`);
  });

  test("a tab", () => {
    expect(printed(atLine(38, "rules:\n\tfrom: klaviyo\n"), "tab.yaml"))
      .toBe(`tab.yaml:39:1: error[M012]: this line is indented with a tab; YAML only allows spaces
   |
39 | \tfrom: klaviyo
   | ^
   = help: replace the tab with spaces

1 error in tab.yaml
`);
  });

  test("what is wrong in the file itself", () => {
    const text = `version: 1
name: acme-main
connections:
  hubspot:
    token: { env: HUBSPOT_TOKEN }
  klaviyo:
    token: pk_123456789
rules:
  - id: customers
    from: hubspot
    match:
      lists: ["All customers"]
    on_leave: remove
fields:
  - { hubspot: email, klaviyo: email }
  - hubspot: jobtitle
    klaviyo: title
    direcion: to_klaviyo
  - hubspot: land
    klaviyo: country
  - hubspot: persona
    klaviyo: properties.Persona
  - hubspot: role
    klaviyo: properties.Persona
  - hubspot: klaviyo_ltv
    klaviyo: properties.predicted_clv
    direction: to_klaviyo
    winner: hubspot
schedule:
  contacts: every 1m
`;
    expect(printed(text))
      .toBe(`broken.yaml:7:12: error[M120]: \`connections.klaviyo.token\` must point at the secret, not contain it
  |
7 |     token: ************
  |            ^^^^^^^^^^^^
  = help: write \`{ file: /run/secrets/NAME }\` or \`{ env: NAME }\`, and revoke the token that was in this file

broken.yaml:13:15: error[M102]: \`rules[0].on_leave\` cannot be \`remove\`
   |
13 |     on_leave: remove
   |               ^^^^^^
   = help: allowed: stop, remove_from_list, unsubscribe

broken.yaml:15:7: error[M201]: email is the link key and cannot be mapped
   |
15 |   - { hubspot: email, klaviyo: email }
   |       ^^^^^^^
   = help: delete this entry; email is always synced

broken.yaml:18:5: error[M101]: unknown key \`direcion\` in fields[1]
   |
18 |     direcion: to_klaviyo
   |     ^^^^^^^^
   = help: did you mean \`direction\`?

broken.yaml:20:14: error[M204]: \`country\` is not a Klaviyo profile attribute
   |
20 |     klaviyo: country
   |              ^^^^^^^
   = help: did you mean \`location.country\`? Custom properties are written \`properties.NAME\`

broken.yaml:24:14: error[M202]: two entries write the Klaviyo field \`properties.Persona\`
   |
24 |     klaviyo: properties.Persona
   |              ^^^^^^^^^^^^^^^^^^
   = help: the first one is on line 21; keep one, or make one of them one-way in the other direction

broken.yaml:28:5: warning[M203]: \`winner\` has no effect: \`properties.predicted_clv\` flows one way (to_klaviyo)
   |
28 |     winner: hubspot
   |     ^^^^^^
   = help: delete \`winner\`, or set \`direction: both\`

broken.yaml:30:13: warning[M230]: \`every 1m\` leaves no room for the API limits
   |
30 |   contacts: every 1m
   |             ^^^^^^^^
   = help: use \`every 5m\` or longer

6 errors, 2 warnings in broken.yaml
`);
  });

  test("what the two accounts do not have", () => {
    const text = mappingText({
      rules: '{ id: a, from: hubspot, match: { lists: ["All custmers"] } }',
      fields: [
        "{ hubspot: lastnme, klaviyo: last_name }",
        "{ hubspot: persona, klaviyo: properties.Persona, options: { persona_3: Marketer } }",
        "{ hubspot: num_associated_deals, klaviyo: properties.deals, type: number }",
      ].join("\n"),
    });
    const { mapping } = parseMapping(text, "broken.yaml");
    if (mapping === null) throw new Error("the mapping is right in itself");
    const found = checkAgainst(mapping, { hubspot: portal, klaviyo: shop }, { file: "broken.yaml", text });
    expect(formatDiagnostics(found, text))
      .toBe(`broken.yaml:11:46: error[M310]: HubSpot has no list named \`All custmers\`
   |
11 |   - { id: a, from: hubspot, match: { lists: ["All custmers"] } }
   |                                              ^^^^^^^^^^^^^^
   = help: did you mean \`All customers\`? A list id is safer than a name: renaming the list will not break it

broken.yaml:13:16: error[M301]: HubSpot portal 1234567 has no contact property \`lastnme\`
   |
13 |   - { hubspot: lastnme, klaviyo: last_name }
   |                ^^^^^^^
   = help: did you mean \`lastname\`? Internal names are in Settings > Properties > Details

broken.yaml:14:65: error[M303]: \`persona_3\` is not an option of HubSpot property \`persona\`
   |
14 |   - { hubspot: persona, klaviyo: properties.Persona, options: { persona_3: Marketer } }
   |                                                                 ^^^^^^^^^
   = help: options: persona_1, persona_2

broken.yaml:15:16: error[M302]: HubSpot property \`num_associated_deals\` is read-only and can only be a source
   |
15 |   - { hubspot: num_associated_deals, klaviyo: properties.deals, type: number }
   |                ^^^^^^^^^^^^^^^^^^^^
   = help: add \`direction: to_klaviyo\`

4 errors in broken.yaml
`);
  });
});

describe("no secret is printed, whatever is wrong with its line", () => {
  const key = "pk_0123456789abcdef0123456789abcdef12";
  const opaque = "CiRoaXMtaXMtbm90LWEta2V5";

  test.each([
    ["as the token", mappingText({ klaviyo: `token: ${key}` })],
    ["as a token that looks like nothing", mappingText({ klaviyo: `token: ${opaque}` })],
    ["in quotes", mappingText({ klaviyo: `token: "${opaque}"` })],
    ["on the line below", mappingText({ klaviyo: `token:\n      ${opaque}` })],
    ["beside another problem on one line", mappingText({ hubspot: `x: { auth: tokn, token: ${opaque} }` })],
    ["under a key that nobody knows", mappingText({ klaviyo: `api_key: ${opaque}` })],
    ["as a key", mappingText({ tail: `${key}: 1` })],
    ["as a file name", mappingText({ klaviyo: `token: { file: ${key} }` })],
    ["as a variable's name", mappingText({ klaviyo: `token: { env: ${key} }` })],
    ["in a comment of a line with an error", mappingText({ tail: `limts: {} # ${key}` })],
    ["where a name belongs", mappingText().replace("name: test", `name: ${key} x`)],
    ["as one of the allowed words", mappingText({ fields: `{ hubspot: a, klaviyo: title, type: ${key} }` })],
    ["as a Klaviyo attribute", mappingText({ fields: `{ hubspot: a, klaviyo: ${key} }` })],
    ["on a line that is no YAML", mappingText({ klaviyo: `token: ${opaque}: x` })],
    ["unquoted, ended by a tab", `connections:\n\ttoken: ${opaque}\n`],
    ["twice", mappingText({ klaviyo: `token: ${opaque}\n    token: ${opaque}` })],
    ["as an alias", mappingText({ klaviyo: `token: *${key}` })],
    [
      "as a HubSpot token",
      mappingText({ hubspot: "base_url: pat-na1-01234567-89ab-cdef-0123-456789abcdef" }),
    ],
  ])("%s", (_where, text) => {
    const { diagnostics } = parseMapping(text, "test.yaml");
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const shown of [formatDiagnostics(diagnostics, text), JSON.stringify(diagnostics)]) {
      expect(shown).not.toContain(key);
      expect(shown).not.toContain(opaque);
      expect(shown).not.toContain("456789abcdef");
    }
  });
});

describe("how it looks", () => {
  test("nothing for nothing", () => {
    expect(formatDiagnostics([], "")).toBe("");
  });

  test("colour only when asked for", () => {
    const text = mappingText({ tail: "limts: {}" });
    const { diagnostics } = parseMapping(text, "a.yaml");
    expect(formatDiagnostics(diagnostics, text)).not.toContain("\u001b");
    expect(formatDiagnostics(diagnostics, text, { color: true })).toContain(
      "\u001b[31;1merror[M101]\u001b[0m",
    );
  });

  test("what a terminal would obey is shown as a character", () => {
    const text = mappingText({ fields: '{ hubspot: "a\u202eb", klaviyo: country }' });
    expect(printed(text)).toContain("a\ufffdb");
  });

  test("a line that is wider than a screen is cut round what is meant", () => {
    const text = mappingText({
      fields: `{ hubspot: ${"a".repeat(220)}, klaviyo: country } # ${"b".repeat(200)}`,
    });
    const lines = printed(text).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    const [shown = "", caret = ""] = [lines[2], lines[3]];
    expect(shown.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("country");
  });

  test("a file that could not be read has no line to show", () => {
    expect(printed("")).toBe(
      "broken.yaml:1:1: error[M007]: the file is empty\n  = help: `tandem init` writes a first mapping\n\n1 error in broken.yaml\n",
    );
  });
});
