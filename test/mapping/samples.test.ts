import { describe, expect, test } from "vitest";
import type { Schema } from "../../src/connectors/connector.ts";
import { checkAgainst } from "../../src/mapping/accounts/check-against.ts";
import { formatDiagnostics } from "../../src/mapping/diagnostics/format-diagnostics.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import { portal, shop } from "./accounts/schemas.ts";

/** A file with these pieces at these lines, each of one line or more, and nothing else but empty comments. */
function fileOf(pieces: Readonly<Record<number, string>>): string {
  const lines: string[] = [];
  for (const [at, piece] of Object.entries(pieces)) {
    while (lines.length < Number(at) - 1) lines.push("#");
    lines.push(...piece.split("\n"));
  }
  return `${lines.join("\n")}\n`;
}

/** The lines that a whole mapping needs round the broken ones. */
const AROUND = {
  1: "version: 1\nname: acme-main",
  13: "connections:\n  hubspot:\n    token: { env: HUBSPOT_TOKEN }\n    portal_id: 1234567\n  klaviyo:",
  29: "rules:\n  - id: customers\n    from: hubspot\n    match:",
  38: '  - id: engaged-leads\n    from: klaviyo\n    match:\n      segments: ["Engaged 90 days"]',
  50: "fields:\n  - { hubspot: firstname, klaviyo: first_name }",
  54: "  - hubspot: jobtitle\n    klaviyo: title",
  63: "  - hubspot: country",
  69: "  - hubspot: persona\n    klaviyo: properties.Persona\n    options:",
  74: "  - hubspot: role",
  83: "  - hubspot: klaviyo_ltv\n    klaviyo: properties.predicted_clv\n    direction: to_hubspot",
  87: "    type: number",
  95: "consent:",
  121: "schedule:",
};

/** What only the two accounts can tell is wrong. */
const WRONG_REMOTELY = {
  33: '      lists: ["All custmers", 4711]',
  52: "  - { hubspot: lastnme,   klaviyo: last_name }",
  72: "      persona_3: Marketer",
  88: "  - { hubspot: num_associated_deals, klaviyo: properties.deals }",
};

const BROKEN = {
  18: "    token: pk_123456789",
  37: "    on_leave: remove",
  53: "  - { hubspot: email, klaviyo: email }",
  56: "    direcion: to_klaviyo",
  64: "    klaviyo: country",
  75: "    klaviyo: properties.Persona",
  86: "    winner: newest",
  96: "  resubscribe_unsubscribed: from_rules",
  122: "  contacts: every 1m",
};

const MENDED = {
  18: "    token: { env: KLAVIYO_API_KEY }",
  37: "    on_leave: stop",
  56: "    direction: to_klaviyo",
  64: "    klaviyo: location.country",
  75: "    klaviyo: properties.role",
  96: "  resubscribe_unsubscribed: never",
  122: "  contacts: every 15m",
};

const accounts: { readonly hubspot: Schema; readonly klaviyo: Schema } = {
  hubspot: {
    fields: [
      ...portal.fields,
      ...["country", "role"].map((property) => ({
        property,
        label: property,
        type: "text" as const,
        readOnly: false,
        options: null,
      })),
      { property: "klaviyo_ltv", label: "LTV", type: "number", readOnly: false, options: null },
    ],
    collections: [
      ...portal.collections,
      { id: "4711", name: "VIP", kind: "list", writable: false, doubleOptIn: false, size: null },
    ],
  },
  klaviyo: {
    ...shop,
    fields: [
      ...shop.fields,
      { property: "location.country", label: "Country", type: "text", readOnly: false, options: null },
      { property: "properties.predicted_clv", label: "CLV", type: "number", readOnly: false, options: null },
    ],
  },
};

function printed(text: string, file = "broken.yaml"): string {
  return formatDiagnostics(parseMapping(text, file).diagnostics, text);
}

describe("the fifteen samples that the format was designed by, letter by letter", () => {
  test("nine that the file alone tells, of which `from_rules` is an error (it was to be a warning, and no setting resubscribes)", () => {
    expect(printed(fileOf({ ...AROUND, ...WRONG_REMOTELY, ...BROKEN })))
      .toBe(`broken.yaml:18:12: error[M120]: \`connections.klaviyo.token\` must point at the secret, not contain it
   |
18 |     token: ************
   |            ^^^^^^^^^^^^
   = help: write \`{ file: /run/secrets/NAME }\` or \`{ env: NAME }\`, and revoke the token that was in this file

broken.yaml:37:15: error[M102]: \`rules[0].on_leave\` cannot be \`remove\`
   |
37 |     on_leave: remove
   |               ^^^^^^
   = help: allowed: stop, remove_from_list, unsubscribe

broken.yaml:53:7: error[M201]: email is the link key and cannot be mapped
   |
53 |   - { hubspot: email, klaviyo: email }
   |       ^^^^^^^
   = help: delete this entry; email is always synced

broken.yaml:56:5: error[M101]: unknown key \`direcion\` in fields[3]
   |
56 |     direcion: to_klaviyo
   |     ^^^^^^^^
   = help: did you mean \`direction\`?

broken.yaml:64:14: error[M204]: \`country\` is not a Klaviyo profile attribute
   |
64 |     klaviyo: country
   |              ^^^^^^^
   = help: did you mean \`location.country\`? Custom properties are written \`properties.NAME\`

broken.yaml:75:14: error[M202]: two entries write the Klaviyo field \`properties.Persona\`
   |
75 |     klaviyo: properties.Persona
   |              ^^^^^^^^^^^^^^^^^^
   = help: the first one is on line 69; keep one, or make one of them one-way in the other direction

broken.yaml:86:5: warning[M203]: \`winner\` has no effect: \`klaviyo_ltv\` flows one way (to_hubspot)
   |
86 |     winner: newest
   |     ^^^^^^
   = help: delete \`winner\`, or set \`direction: both\`

broken.yaml:96:29: error[M102]: \`consent.resubscribe_unsubscribed\` cannot be \`from_rules\`
   |
96 |   resubscribe_unsubscribed: from_rules
   |                             ^^^^^^^^^^
   = help: allowed: never

broken.yaml:122:13: warning[M230]: \`every 1m\` leaves no room for the API limits
    |
122 |   contacts: every 1m
    |             ^^^^^^^^
    = help: use \`every 5m\` or longer

7 errors, 2 warnings in broken.yaml
`);
  });

  test("four that only the accounts tell, once the file itself is right (the sample printed all at once, with a key that cannot be used)", () => {
    const text = fileOf({ ...AROUND, ...WRONG_REMOTELY, ...MENDED });
    const { mapping, diagnostics } = parseMapping(text, "broken.yaml");
    expect(diagnostics).toEqual([]);
    if (mapping === null) throw new Error("the mapping is right in itself");
    const found = checkAgainst(mapping, accounts, { file: "broken.yaml", text });
    expect(formatDiagnostics(found, text))
      .toBe(`broken.yaml:33:15: error[M310]: HubSpot has no list named \`All custmers\`
   |
33 |       lists: ["All custmers", 4711]
   |               ^^^^^^^^^^^^^^
   = help: did you mean \`All customers\`? A list id is safer than a name: renaming the list will not break it

broken.yaml:52:16: error[M301]: HubSpot portal 1234567 has no contact property \`lastnme\`
   |
52 |   - { hubspot: lastnme,   klaviyo: last_name }
   |                ^^^^^^^
   = help: did you mean \`lastname\`? Internal names are in Settings > Properties > Details

broken.yaml:72:7: error[M303]: \`persona_3\` is not an option of HubSpot property \`persona\`
   |
72 |       persona_3: Marketer
   |       ^^^^^^^^^
   = help: options: persona_1, persona_2

broken.yaml:88:16: error[M302]: HubSpot property \`num_associated_deals\` is read-only and can only be a source
   |
88 |   - { hubspot: num_associated_deals, klaviyo: properties.deals }
   |                ^^^^^^^^^^^^^^^^^^^^
   = help: add \`direction: to_klaviyo\`

4 errors in broken.yaml
`);
  });

  test("a key twice", () => {
    const text = fileOf({
      56: "fields:\n  - hubspot: phone\n    klaviyo: phone_number\n    winner: klaviyo\n    winner: hubspot",
    });
    expect(printed(text, "dup.yaml"))
      .toBe(`dup.yaml:60:5: error[M011]: key \`winner\` appears twice in the same entry
   |
60 |     winner: hubspot
   |     ^
   = help: delete one of the two

1 error in dup.yaml
`);
  });

  test("a tab", () => {
    expect(printed(fileOf({ 38: "rules:\n\tfrom: klaviyo" }), "tab.yaml"))
      .toBe(`tab.yaml:39:1: error[M012]: this line is indented with a tab; YAML only allows spaces
   |
39 | \tfrom: klaviyo
   | ^
   = help: replace the tab with spaces

1 error in tab.yaml
`);
  });
});
