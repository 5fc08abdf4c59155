import type { PropertyCreate } from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import type { LeaseGate, Permit } from "../../permit.ts";
import type { PropertyToMake } from "../../engagement-port.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import { chunks } from "../../../model/chunks.ts";
import { BATCH } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";
import { propertyList } from "../wire/parse.ts";
import { sinkOut } from "./sink-problems.ts";
import { writeHeld } from "../write/write-held.ts";
import { anything, groupList, madeProperties } from "./wire.ts";

const GROUP = { name: "klaviyo", label: "Klaviyo" } as const;

/** HubSpot's names for what a property holds and how it is shown. */
const TYPES = {
  text: { type: "string", fieldType: "text" },
  number: { type: "number", fieldType: "number" },
  datetime: { type: "datetime", fieldType: "date" },
  option: { type: "enumeration", fieldType: "select" },
} as const;

/** See `EngagementPort.makeProperties`. */
export async function makeProperties(
  account: Account,
  wanted: readonly PropertyToMake[],
  gate: LeaseGate,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { endpoints, calls } = account;
  const { body } = await calls.read(endpoints.properties(), propertyList, signal);
  const there = new Set(body.results.map(({ name }) => name.toLowerCase()));
  const missing = wanted.filter(({ property }) => !there.has(property.toLowerCase()));
  if (missing.length === 0) return [];
  try {
    await makeGroup(account, gate, signal);
    const made: string[] = [];
    for (const part of chunks(missing, BATCH)) {
      const build = (permit: Permit) => endpoints.createProperties(permit, part.map(definitionOf));
      const answer = await writeHeld(calls, gate, build, madeProperties, signal);
      made.push(...answer.body.results.map(({ name }) => name));
    }
    return made;
  } catch (error) {
    if (error instanceof SystemUnavailable && error.problem.code === "HS-SCOPE")
      throw sinkOut("no_property_scope");
    throw error;
  }
}

async function makeGroup({ endpoints, calls }: Account, gate: LeaseGate, signal: AbortSignal): Promise<void> {
  const { body } = await calls.read(endpoints.propertyGroups(), groupList, signal);
  if (body.results.some(({ name }) => name === GROUP.name)) return;
  try {
    const build = (permit: Permit) => endpoints.createPropertyGroup(permit, GROUP.name, GROUP.label);
    await writeHeld(calls, gate, build, anything, signal);
  } catch (error) {
    // Somebody else made it in between.
    if (answeredStatus(error) !== 409) throw error;
  }
}

function definitionOf({ property, label, description, type, options }: PropertyToMake): PropertyCreate {
  const listed = options.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false }));
  return {
    name: property,
    label,
    description,
    groupName: GROUP.name,
    ...TYPES[type],
    ...(type === "option" ? { options: listed } : {}),
    // Enums of the SDK with the very texts that travel.
  } as unknown as PropertyCreate;
}
