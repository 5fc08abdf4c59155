import type { Collection, FieldSpec, Schema } from "../../connectors/connector.ts";
import type { CollectionRef, FieldRule, Mapping } from "../../model/mapping.ts";
import { directionAllows } from "../../model/mapping.ts";
import { ownSpelling } from "../../model/own-spelling.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES, otherSide } from "../../model/side.ts";
import { companyProperty } from "../company-field.ts";
import type { Diagnostic, Finding, Path } from "../diagnostics/diagnostic.ts";
import { findCollections } from "./find-collection.ts";
import { findOptOutType } from "./resolve-consent.ts";
import { ofCompany, placedFields } from "./placed-fields.ts";
import { didYouMean, listed, suggest } from "../diagnostics/suggest.ts";
import type { MappingText, Tell } from "../diagnostics/tell-at.ts";
import { tellAt } from "../diagnostics/tell-at.ts";
import { typesFit } from "../../values/type-pairs.ts";

/**
 * What a mapping says that the two accounts do not have: properties, options, lists and segments that do not exist,
 * targets that cannot be written, types that do not fit. One diagnostic an entry and side.
 */
export function checkAgainst(
  mapping: Mapping,
  schemas: PerSide<Schema>,
  origin: MappingText = { file: mapping.name, text: "" },
): readonly Diagnostic[] {
  const { tell, found } = tellAt(origin);
  const placed = placedFields(mapping);
  const company = mapping.fields.filter(ofCompany);
  const blind =
    company.length > 0 && !schemas.hubspot.fields.some(({ property }) => companyProperty(property));
  if (blind) tell(["company_fields"], "key", company[0] ?? { line: 1 }, NO_COMPANIES);
  for (const [rule, place] of placed) {
    for (const side of SIDES) {
      if (side === "hubspot" && blind && ofCompany(rule)) continue;
      checkProperty(mapping, rule, place, side, schemas[side], tell);
    }
  }
  for (const [index, rule] of mapping.rules.entries()) {
    for (const [kind, key] of [
      ["list", "lists"],
      ["segment", "segments"],
    ] as const) {
      const refs = rule.collections.filter((ref) => ref.kind === kind);
      for (const [item, ref] of refs.entries()) {
        resolve(ref, rule.from, schemas, ["rules", index, "match", key, item], tell);
      }
    }
    for (const [item, ref] of rule.addToLists.entries()) {
      const path = ["rules", index, "add_to_klaviyo_lists", item];
      const list = resolve(ref, "klaviyo", schemas, path, tell);
      if (list !== null) checkTargetList(list, rule.subscribe, ref, path, tell);
    }
  }
  checkOptOutTypes(mapping, schemas.hubspot, tell);
  return found();
}

/** HubSpot tells of companies only to a key that may read them. */
const NO_COMPANIES: Finding = {
  code: "M307",
  message: "this key may not read HubSpot's companies, so no company field would sync",
  help: "add the scope `crm.objects.companies.read` to the key in HubSpot, or delete `company_fields`",
};

function checkProperty(
  mapping: Mapping,
  rule: FieldRule,
  place: Path,
  side: Side,
  schema: Schema,
  tell: Tell,
): void {
  const property = rule.property[side];
  const say = (finding: Finding): void => tell([...place, side], "value", rule, finding);
  const use = {
    source: directionAllows(rule.direction, side),
    target: directionAllows(rule.direction, otherSide(side)),
  };
  const spec = schema.fields.find((each) => each.property === property);
  if (spec === undefined) {
    const missing =
      side === "hubspot"
        ? noHubSpotProperty(mapping, property, schema)
        : noKlaviyoProperty(property, schema, use);
    if (missing !== null) say(missing);
    return;
  }
  if (use.target && spec.readOnly) {
    const message = `${SIDE_NAMES[side]} property \`${property}\` is read-only and can only be a source`;
    say({ code: "M302", message, help: `add \`direction: to_${otherSide(side)}\`` });
  } else if (
    !(side === "klaviyo" && property.startsWith("properties.")) &&
    !typesFit(spec.type, rule.propertyType[side], use)
  ) {
    // Klaviyo's custom properties have no type; what one was seen to hold is no promise.
    say(clash(rule, side, spec));
  } else checkOptions(rule, place, side, spec, tell);
}

/** A type that a property cannot be read as, or that it can be read as and not written. */
function clash(rule: FieldRule, side: Side, { property, type }: FieldSpec): Finding {
  const wanted = rule.propertyType[side];
  const readable = typesFit(type, wanted, { source: true, target: false });
  const message = readable
    ? `${SIDE_NAMES[side]} property \`${property}\` is \`${type}\`: it can be read as \`${wanted}\`, but not written`
    : `${SIDE_NAMES[side]} property \`${property}\` is \`${type}\`, and this entry is \`${wanted}\``;
  const away = readable ? `, or let values flow away from it only: \`direction: to_${otherSide(side)}\`` : "";
  const list = type === "list" || wanted === "list";
  const turned =
    list && !readable ? "; `join` and `split` under `transform` turn a list into one text and back" : "";
  return { code: "M304", message, help: `add \`type: ${type}\`${away}${turned}` };
}

function noHubSpotProperty(mapping: Mapping, property: string, schema: Schema): Finding {
  const where = mapping.hubspot.portalId === null ? "HubSpot" : `HubSpot portal ${mapping.hubspot.portalId}`;
  const own = companyProperty(property);
  const [kind, written] = own === null ? ["contact", property] : ["company", own];
  const alike = schema.fields
    .filter((each) => (companyProperty(each.property) === null) === (own === null))
    .map(({ property: name, label }) => ({ name: companyProperty(name) ?? name, label }));
  const byLabel = alike.filter(({ label }) => label.toLowerCase() === written.toLowerCase());
  const only = byLabel.length === 1 ? byLabel[0] : undefined;
  const names = alike.map(({ name }) => name);
  const guess = only === undefined ? didYouMean(written, names, "") : `did you mean \`${only.name}\`?`;
  const help = `${guess} Internal names are in Settings > Properties > Details`.trim();
  return { code: "M301", message: `${where} has no ${kind} property \`${written}\``, help };
}

/**
 * A custom property of Klaviyo comes into being when it is first written, and the account lists none that no profile
 * has. So a missing one is worth a word only where it must be the source, or where one of nearly that name exists.
 */
function noKlaviyoProperty(
  property: string,
  schema: Schema,
  use: { readonly source: boolean; readonly target: boolean },
): Finding | null {
  const names = schema.fields.map((each) => each.property);
  if (!property.startsWith("properties.")) {
    const help = didYouMean(property, names, "custom properties are written `properties.NAME`");
    return { code: "M301", message: `Klaviyo has no profile attribute \`${property}\``, help };
  }
  // Without what all have in common, which would make any two names look alike.
  const prefix = "properties.";
  const custom = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const { word } = suggest(property.slice(prefix.length), custom);
  if (word === null && use.target) return null;
  const message = `no Klaviyo profile seen has the property \`${property}\``;
  const otherwise = "nothing will flow until profiles have it; names differ by case";
  const help =
    word === null ? otherwise : `did you mean \`${prefix}${word}\`? Otherwise it will be a new property`;
  return { code: "M306", severity: "warning", message, help };
}

function checkOptions(rule: FieldRule, place: Path, side: Side, spec: FieldSpec, tell: Tell): void {
  const { options } = spec;
  if (rule.options === null || options === null) return;
  for (const [hubspot, klaviyo] of rule.options.pairs) {
    const option = side === "hubspot" ? hubspot : klaviyo;
    if (ownSpelling(options, option) !== undefined) continue;
    const help = didYouMean(option, options, `options: ${listed(options)}`);
    const message = `\`${option}\` is not an option of ${SIDE_NAMES[side]} property \`${spec.property}\``;
    tell([...place, "options", hubspot], side === "hubspot" ? "key" : "value", rule, {
      code: "M303",
      message,
      help,
    });
  }
}

function resolve(
  ref: CollectionRef,
  side: Side,
  schemas: PerSide<Schema>,
  path: Path,
  tell: Tell,
): Collection | null {
  const { collections } = schemas[side];
  const found = findCollections(collections, side, ref);
  if (found.length === 1) return found[0] ?? null;
  if (found.length > 1) {
    const message = `${SIDE_NAMES[side]} has ${found.length} ${ref.kind}s named \`${ref.nameOrId}\``;
    tell(path, "value", ref, {
      code: "M313",
      message,
      help: `use an id: ${listed(found.map((each) => each.id))}`,
    });
    return null;
  }
  const message = `${SIDE_NAMES[side]} has no ${ref.kind} ${/^\d+$/.test(ref.nameOrId) ? "with id" : "named"} \`${ref.nameOrId}\``;
  tell(path, "value", ref, { code: "M310", message, help: missingCollectionHelp(ref, side, collections) });
  return null;
}

function missingCollectionHelp(ref: CollectionRef, side: Side, collections: readonly Collection[]): string {
  const otherKind = ref.kind === "list" ? "segment" : "list";
  if (findCollections(collections, side, { ...ref, kind: otherKind }).length > 0) {
    return `there is a ${otherKind} of that name: write it under \`${otherKind}s\``;
  }
  const names = collections
    .filter((each) => side === "hubspot" || each.kind === ref.kind)
    .map((each) => each.name);
  const { word, ties } = suggest(ref.nameOrId, names);
  if (word === null)
    return ties.length > 0 ? `near it: ${listed(ties)}` : `there are: ${listed(names) || "none"}`;
  const safer = `A ${ref.kind} id is safer than a name: renaming the ${ref.kind} will not break it`;
  return `did you mean \`${word}\`? ${safer}`;
}

function checkOptOutTypes({ consent }: Mapping, { optOutTypes = [] }: Schema, tell: Tell): void {
  for (const [item, ref] of consent.unsubscribeFrom.entries()) {
    if (findOptOutType(optOutTypes, ref.nameOrId, new Map()) !== null) continue;
    const path = ["consent", "klaviyo_to_hubspot", "unsubscribe_from", item];
    const { word } = suggest(
      ref.nameOrId,
      optOutTypes.map(({ name }) => name),
    );
    const names = optOutTypes.map(({ id, name }) => `${name} (${id})`);
    tell(path, "value", ref, {
      code: "M316",
      message: `HubSpot has no subscription type \`${ref.nameOrId}\``,
      help: word === null ? `there are: ${listed(names) || "none"}` : `did you mean \`${word}\`?`,
    });
  }
}

function checkTargetList(
  list: Collection,
  subscribes: boolean,
  ref: CollectionRef,
  path: Path,
  tell: Tell,
): void {
  if (!list.writable) {
    const message = `nobody can be put on Klaviyo list \`${list.name}\` through the API`;
    tell(path, "value", ref, {
      code: "M311",
      message,
      help: "choose a list whose members are added by hand or API",
    });
  } else if (list.doubleOptIn) {
    const message = subscribes
      ? `Klaviyo list \`${list.name}\` is double opt-in; everybody whom Tandem subscribes gets a mail to confirm`
      : `Klaviyo list \`${list.name}\` is double opt-in; people whom Tandem puts on it are members without confirming`;
    const help = subscribes
      ? "who does not confirm is not subscribed, and Tandem never asks twice. Use a single opt-in list if that is not meant"
      : "membership gives no consent: nobody is subscribed by it. Use a single opt-in list if that is not meant";
    tell(path, "value", ref, { code: "M312", severity: "warning", message, help });
  }
}
