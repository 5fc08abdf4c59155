import type { Schema } from "../../connectors/connector.ts";
import { checkAgainst } from "../../mapping/accounts/check-against.ts";
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import type { MappingText } from "../../mapping/diagnostics/tell-at.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { PerSide } from "../../model/side.ts";
import { counted } from "../../model/count-words.ts";
import type { Finding } from "./doctor-finding.ts";
import { ok } from "./doctor-finding.ts";
import { fromDiagnostic, withoutNotes } from "./doctor-offline.ts";

/** What a mapping names, by the part of the file that names it, and how to say that all of it is there. */
function kinds({ fields, rules, consent }: Mapping) {
  const lists = rules.flatMap(({ collections, addToLists }) => [...collections, ...addToLists]).length;
  return [
    {
      what: "properties",
      isOf: (part: unknown) => part === "fields" || part === "company_fields",
      says: `${counted(fields.length, "field")}: both sides have their properties`,
    },
    {
      what: "lists",
      isOf: (part: unknown) => part === "rules",
      says: `${counted(lists, "list or segment", "lists and segments")} that rules name: all there`,
    },
    {
      what: "subscription_types",
      isOf: (part: unknown) => part === "consent",
      says: `${counted(consent.unsubscribeFrom.length, "subscription type")} named: all there`,
    },
  ];
}

/** Whether both accounts have the properties, lists and subscription types that the mapping names. */
export function nameFindings(
  mapping: Mapping,
  schemas: PerSide<Schema>,
  origin: MappingText,
): readonly Finding[] {
  const told = withoutNotes(checkAgainst(mapping, schemas, origin));
  const parts = kinds(mapping);
  const found = parts.flatMap(({ what, isOf, says }): readonly Finding[] => {
    const own = told.filter(({ path }) => isOf(path[0]));
    return own.length === 0 ? [ok(what, says)] : own.map((one) => fromDiagnostic(what, one));
  });
  const others = told.filter(({ path }: Diagnostic) => !parts.some(({ isOf }) => isOf(path[0])));
  return [...found, ...others.map((one) => fromDiagnostic("names", one))];
}
