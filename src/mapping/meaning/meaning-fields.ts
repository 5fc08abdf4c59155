import type { Direction } from "../../model/mapping.ts";
import { directionAllows } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { otherSide, SIDES } from "../../model/side.ts";
import type { Finding, Path } from "../diagnostics/diagnostic.ts";
import { exampleFindings } from "./example-findings.ts";
import type { FieldShape } from "./field-shape.ts";
import { fieldShape } from "./field-shape.ts";
import { buildField } from "./build-field.ts";
import { companyProperty } from "../company-field.ts";
import { KLAVIYO_ATTRIBUTES, klaviyoProperty } from "../../values/klaviyo-property.ts";
import type { FieldEntry } from "../schema/schema.ts";
import { didYouMean } from "../diagnostics/suggest.ts";

/** A field entry that is shaped as it must be, and where it stands; one of a company as `companyField` makes it. */
export interface PlacedField {
  /** `["fields", 3]` or `["company_fields", 0]`. */
  readonly place: Path;
  readonly entry: FieldEntry;
  /** As written, or as `defaults:` says. */
  readonly direction: Direction;
  /** What `defaults` says, for entries that name no winner. */
  readonly defaultWinner?: FieldEntry["winner"];
  readonly line: number;
}

export interface Meaning {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly finding: Finding;
}

/** What single entries say that cannot be meant. An entry refused for one reason is not looked at for another. */
export function fieldMeanings(
  fields: readonly PlacedField[],
  leading: ReadonlySet<Side>,
): readonly Meaning[] {
  return fields.flatMap((field) => {
    const shape = fieldShape(field.entry, field.direction);
    const refused =
      mapsEmail(field) ??
      misplacedCompany(field) ??
      klaviyoTarget(field) ??
      optionsClash(field, shape) ??
      shapeMeaning(field, shape, "error") ??
      listTarget(field, shape);
    if (refused !== null) return [refused];
    const found = [...optionMeanings(field, shape), ...withoutEffect(field, shape, leading)];
    return found.some(({ finding }) => finding.severity === undefined)
      ? found
      : [...found, ...examples(field)];
  });
}

function mapsEmail({ place, entry }: PlacedField): Meaning | null {
  const key = entry.hubspot === "email" ? "hubspot" : entry.klaviyo === "email" ? "klaviyo" : null;
  if (key === null) return null;
  return at(place, key, "key", {
    code: "M201",
    message: "email is the link key and cannot be mapped",
    help: "delete this entry; email is always synced",
  });
}

/** Whose property it is says the section, not the name. */
function misplacedCompany({ place, entry }: PlacedField): Meaning | null {
  const name = companyProperty(entry.hubspot);
  const own = isCompany(place) ? companyProperty(name ?? "") : name;
  if (own === null) return null;
  const [message, help] = isCompany(place)
    ? ["what stands here is a property of companies anyway", `write \`hubspot: ${own}\``]
    : [
        `\`${entry.hubspot}\` is a property of companies`,
        `move this entry to \`company_fields:\`, as \`hubspot: ${own}\``,
      ];
  return at(place, "hubspot", "value", { code: "M205", message, help });
}

function isCompany(place: Path): boolean {
  return place[0] === "company_fields";
}

function klaviyoTarget({ place, entry, direction }: PlacedField): Meaning | null {
  const kind = klaviyoProperty(entry.klaviyo);
  const written = directionAllows(direction, "hubspot");
  if (kind === "unknown") {
    const help = didYouMean(
      entry.klaviyo,
      KLAVIYO_ATTRIBUTES,
      "write `first_name`, `location.city` and the like;",
    );
    const message = `\`${entry.klaviyo}\` is not a Klaviyo profile attribute`;
    return at(place, "klaviyo", "value", { code: "M204", message, help: `${help} ${CUSTOM}` });
  }
  if (!written || kind === "writable" || kind === "custom") return null;
  const message =
    kind === "own"
      ? `Klaviyo keeps \`${entry.klaviyo}\` itself; it can only be a source`
      : `Klaviyo attribute \`${entry.klaviyo}\` is read-only and can only be a source`;
  const help = isCompany(place) ? "write to another one" : "add `direction: to_hubspot`";
  return at(place, "klaviyo", "value", { code: "M212", message, help });
}

const CUSTOM = "Custom properties are written `properties.NAME`";

function optionsClash({ place, entry }: PlacedField, { type }: FieldShape): Meaning | null {
  if (entry.options === undefined) return null;
  if (entry.transform !== undefined) {
    const message = "`options` says already what each value becomes";
    return at(place, "transform", "key", {
      code: "M224",
      message,
      help: "keep one of `options` and `transform`",
    });
  }
  if (["option", "list", "text"].includes(type)) return null;
  const message = `\`options\` translates options, and this entry is \`${type}\``;
  return at(place, "options", "key", { code: "M215", message, help: "use `type: option` or `type: list`" });
}

function shapeMeaning(
  { place }: PlacedField,
  { findings }: FieldShape,
  severity: "error" | "warning",
): Meaning | null {
  const found = findings.find(({ finding }) => (finding.severity ?? "error") === severity);
  return found === undefined ? null : { ...found, path: [...place, ...found.path] };
}

function listTarget({ place, entry, direction }: PlacedField, { propertyType }: FieldShape): Meaning | null {
  const written = directionAllows(direction, "hubspot") && propertyType.klaviyo === "list";
  if (!written || klaviyoProperty(entry.klaviyo) === "custom") return null;
  const message = `Klaviyo attribute \`${entry.klaviyo}\` holds one text, not a list`;
  const help = 'add `transform: { to_klaviyo: { join: ", " } }`, or use a custom property';
  return at(place, "klaviyo", "value", { code: "M226", message, help });
}

function examples({ place, entry, direction, line }: PlacedField): readonly Meaning[] {
  const rule = buildField({ ...entry, direction }, undefined, line);
  return exampleFindings(entry.examples ?? [], rule).map(({ item, finding }) => ({
    path: [...place, "examples", item],
    part: "value",
    finding,
  }));
}

function optionMeanings({ place, entry, direction }: PlacedField, { type }: FieldShape): readonly Meaning[] {
  const found: Meaning[] = [];
  const table = Object.entries(entry.options ?? {});
  const seen = new Map<string, string>();
  for (const [hubspot, klaviyo] of table) {
    const path = [...place, "options", hubspot];
    if (hubspot === "*") {
      if (["error", "keep", "drop"].includes(klaviyo)) continue;
      const message = `\`"*"\` says what other values do, and cannot be \`${klaviyo}\``;
      found.push({
        path,
        part: "value",
        finding: { code: "M102", message, help: "allowed: error, keep, drop" },
      });
      continue;
    }
    const empty = hubspot.trim() === "" || klaviyo.trim() === "";
    if (empty) {
      const help = "an empty value is no option; `on_empty` says what it does";
      found.push({
        path,
        part: "key",
        finding: { code: "M105", message: "an option cannot be empty", help },
      });
    }
    const first = seen.get(klaviyo);
    if (!empty && first !== undefined && directionAllows(direction, "klaviyo")) {
      const message = `\`${klaviyo}\` stands for both \`${first}\` and \`${hubspot}\`, so the way back is not known`;
      const help = "use another Klaviyo value, or add `direction: to_klaviyo`";
      found.push({ path, part: "value", finding: { code: "M216", message, help } });
    }
    seen.set(klaviyo, first ?? hubspot);
  }
  if (table.every(([hubspot]) => hubspot === "*") && entry.options !== undefined) {
    const help = "write `hubspot_option: Klaviyo value` lines, or delete `options`";
    found.push(at(place, "options", "key", { code: "M105", message: "`options` has no pair", help }));
  }
  if (entry.options?.["*"] === "drop" && type === "list" && direction === "both") {
    const message =
      '`"*": drop` on a list that is written both ways: dropped items vanish from the other side too';
    const help =
      "when one side's list changes, the other is replaced by what both know; use `keep`, or one direction";
    found.push({
      path: [...place, "options", "*"],
      part: "key",
      finding: warning("M217", message, help),
    });
  }
  return found;
}

/** Klaviyo tells of a profile when it was changed, not of which field (CONTRACT.md, The newest wins). */
const NEWEST_IS_APPROXIMATE: Finding = {
  code: "M205",
  severity: "info",
  message: "`winner: newest` is approximate: Klaviyo knows only one time for a whole profile",
  help: "where the times are too close to tell, `tie` wins (hubspot unless set)",
};

/** Keys that do nothing where they stand: anybody who wrote them expects something else. */
function withoutEffect(
  field: PlacedField,
  shape: FieldShape,
  leading: ReadonlySet<Side>,
): readonly Meaning[] {
  const { place, entry, direction, defaultWinner } = field;
  const warned = shapeMeaning(field, shape, "warning");
  const found: Meaning[] = warned === null ? [] : [warned];
  const target = direction === "to_hubspot" ? entry.hubspot : entry.klaviyo;
  const oneWay = `\`${target}\` flows one way (${direction})`;
  if (entry.winner !== undefined && direction !== "both") {
    const message = `\`winner\` has no effect: ${oneWay}`;
    found.push(
      at(place, "winner", "key", warning("M203", message, "delete `winner`, or set `direction: both`")),
    );
  }
  if (entry.winner === "newest" && direction === "both") {
    found.push(at(place, "winner", "value", NEWEST_IS_APPROXIMATE));
  }
  if (entry.tie !== undefined && (entry.winner ?? defaultWinner) !== "newest") {
    const help = "delete `tie`, or set `winner: newest`";
    found.push(
      at(place, "tie", "key", warning("M220", "`tie` has no effect without `winner: newest`", help)),
    );
  }
  if (entry.on_target_edit !== undefined && direction === "both") {
    const message = "`on_target_edit` has no effect: both sides are sources";
    found.push(
      at(place, "on_target_edit", "key", warning("M210", message, "delete it, or set a one-way `direction`")),
    );
  }
  if (entry.merge !== undefined && (direction !== "both" || shape.type !== "list")) {
    const why = direction === "both" ? `this entry is \`${shape.type}\`, not \`list\`` : oneWay;
    const message = `\`merge\` has no effect: ${why}`;
    const help =
      direction === "both" ? "delete it, or set `type: list`" : "delete it, or set `direction: both`";
    found.push(at(place, "merge", "key", warning("M211", message, help)));
  }
  const source: Side = direction === "to_hubspot" ? "klaviyo" : "hubspot";
  if (entry.direction !== undefined && direction !== "both" && leading.size > 0 && !leading.has(source)) {
    const message = `nothing flows ${direction}: no rule has \`from: ${source}\``;
    const help = `add such a rule, or use \`direction: to_${source}\``;
    found.push(at(place, "direction", "value", warning("M218", message, help)));
  }
  return found;
}

/** What `defaults` says for all fields that do not say otherwise. */
export function defaultMeanings({ winner }: Pick<FieldEntry, "winner">): readonly Meaning[] {
  if (winner === "newest")
    return [{ path: ["defaults", "winner"], part: "value", finding: NEWEST_IS_APPROXIMATE }];
  return [];
}

/** Two entries that write the same property would undo each other on every run; the same pair twice is one field. */
export function doubleTargets(fields: readonly PlacedField[]): readonly Meaning[] {
  const writers = new Map<string, PlacedField>();
  const pairs = new Map<string, PlacedField>();
  return fields.flatMap((field) => {
    const { place, entry, direction } = field;
    const pair = `${entry.hubspot}\n${entry.klaviyo}`;
    const twin = pairs.get(pair);
    pairs.set(pair, twin ?? field);
    if (twin !== undefined) {
      const message = `\`${entry.hubspot}\` and \`${entry.klaviyo}\` are mapped twice`;
      const help = `the first entry is on line ${twin.line}; keep one, with \`direction: both\` if values flow both ways`;
      return [at(place, "hubspot", "value", { code: "M202", message, help })];
    }
    for (const side of SIDES) {
      if (!directionAllows(direction, otherSide(side))) continue;
      const first = writers.get(`${side}\n${entry[side]}`);
      writers.set(`${side}\n${entry[side]}`, first ?? field);
      if (first === undefined) continue;
      const message = `two entries write the ${side === "hubspot" ? "HubSpot property" : "Klaviyo field"} \`${entry[side]}\``;
      const help = `the first one is on line ${first.line}; keep one, or make one of them one-way in the other direction`;
      return [at(place, side, "value", { code: "M202", message, help })];
    }
    return [];
  });
}

function at(place: Path, key: string, part: "key" | "value", finding: Finding): Meaning {
  return { path: [...place, key], part, finding };
}

function warning(code: `M${string}`, message: string, help: string): Finding {
  return { code, severity: "warning", message, help };
}
