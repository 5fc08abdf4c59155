import type { Call } from "../../route.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { PropertyGroup } from "./property-groups.ts";
import { invalid, notFound, VendorError } from "../wire/vendor-error.ts";
import { objectBody, textField } from "../wire/request-parts.ts";
import { READ_PROPERTIES, WRITE_PROPERTIES } from "../wire/scopes.ts";
import type { ObjectType } from "./seed-properties.ts";
import type { HubspotState } from "../state.ts";

/** The groups that properties belong to. */
export function propertyGroupEndpoints(state: HubspotState): readonly Endpoint[] {
  return (["contacts", "companies", "deals", "notes"] as const).flatMap((type) => groupsOf(state, type));
}

function groupsOf(state: HubspotState, type: ObjectType): readonly Endpoint[] {
  const path = `/crm/v3/properties/${type}/groups`;
  const groups = state.propertyGroups[type];
  const read = { method: "GET", scopes: READ_PROPERTIES, mutating: false } as const;
  const write = { scopes: WRITE_PROPERTIES, mutating: true } as const;
  const existing = (call: Call): PropertyGroup => {
    const group = groups.get(call.params["groupName"] ?? "");
    if (group === undefined || group.archived) throw notFound();
    return group;
  };
  const orderIn = (value: unknown, standard: number): number =>
    typeof value === "number" ? value : standard;
  return [
    {
      ...read,
      path,
      handle: () => ({
        status: 200,
        body: { results: [...groups.values()].filter(({ archived }) => !archived) },
      }),
    },
    { ...read, path: `${path}/{groupName}`, handle: (call) => ({ status: 200, body: existing(call) }) },
    {
      ...write,
      method: "POST",
      path,
      handle(call, { writer: { actor } }) {
        const body = objectBody(call);
        const name = textField(body, "name").toLowerCase();
        if (!/^[a-z][a-z0-9_]*$/.test(name)) throw invalid(`"${name}" is not a valid property group name`);
        if (groups.get(name)?.archived === false) {
          throw new VendorError(409, `A property group named '${name}' already exists.`, {
            category: "CONFLICT",
          });
        }
        const label = textField(body, "label");
        const group = { name, label, displayOrder: orderIn(body["displayOrder"], -1), archived: false };
        groups.set(name, group);
        state.world.truth.applied({
          actor,
          action: "group.create",
          id: name,
          before: null,
          after: { label },
        });
        return { status: 201, body: group };
      },
    },
    {
      ...write,
      method: "PATCH",
      path: `${path}/{groupName}`,
      handle(call) {
        const group = existing(call);
        const { label, displayOrder } = objectBody(call);
        const changed = {
          ...group,
          label: typeof label === "string" ? label : group.label,
          displayOrder: orderIn(displayOrder, group.displayOrder),
        };
        groups.set(group.name, changed);
        return { status: 200, body: changed };
      },
    },
    {
      ...write,
      method: "DELETE",
      path: `${path}/{groupName}`,
      handle(call) {
        const group = existing(call);
        groups.set(group.name, { ...group, archived: true });
        return { status: 204 };
      },
    },
  ];
}
