import type { FieldRule } from "../../src/model/mapping.ts";
import { fieldRule } from "./rule.ts";

/** A two-way text field whose winner is HubSpot, with what a test wants otherwise. */
export function cityRule(changes: Partial<FieldRule> = {}): FieldRule {
  return fieldRule("city", "location.city", changes);
}
