import type { AssociatedType } from "./association-store.ts";
import { batchReply } from "../wire/batch-reply.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import { batchInputs, pageSize, textField } from "../wire/request-parts.ts";
import { READ_ASSOCIATIONS } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";

const LARGEST_BATCH = 1_000;
const LARGEST_PAGE = 500;

/** What a path may call an object type. */
const TYPES: Readonly<Record<string, AssociatedType>> = {
  contact: "contacts",
  contacts: "contacts",
  "0-1": "contacts",
  company: "companies",
  companies: "companies",
  "0-2": "companies",
  deal: "deals",
  deals: "deals",
  "0-3": "deals",
  note: "notes",
  notes: "notes",
  "0-46": "notes",
};
const SINGULAR: Readonly<Record<AssociatedType, string>> = {
  contacts: "contact",
  companies: "company",
  deals: "deal",
  notes: "note",
};

/** Who belongs to whom, by the thousand or for one record. */
export function associationEndpoints(state: HubspotState): readonly Endpoint[] {
  return [
    {
      method: "POST",
      path: "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/read",
      scopes: READ_ASSOCIATIONS,
      mutating: false,
      limit: "daily",
      handle(call, { version }) {
        const from = typeOf(call.params["fromObjectType"]);
        const to = typeOf(call.params["toObjectType"]);
        const results: unknown[] = [];
        const vendorErrors: VendorError[] = [];
        for (const input of batchInputs(call, LARGEST_BATCH)) {
          const id = textField(input, "id");
          const found = state.associations.of(from, id, to);
          const page = pageOf(found, Number(input["after"] ?? 0), LARGEST_PAGE);
          if (found.length === 0) vendorErrors.push(noneFound(from, id, to));
          else results.push({ from: { id }, to: page.items, ...page.paging });
        }
        return batchReply({ status: 200, version, at: state.now(), results, vendorErrors });
      },
    },
    {
      method: "GET",
      path: "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}",
      scopes: READ_ASSOCIATIONS,
      mutating: false,
      handle(call) {
        const from = typeOf(call.params["objectType"]);
        const all = state.associations.of(
          from,
          call.params["objectId"] ?? "",
          typeOf(call.params["toObjectType"]),
        );
        const limit = pageSize(call, LARGEST_PAGE, LARGEST_PAGE);
        const { items, paging } = pageOf(all, Number(call.query.get("after") ?? 0), limit);
        return { status: 200, body: { results: items, ...paging } };
      },
    },
  ];
}

function pageOf<T>(
  all: readonly T[],
  start: number,
  limit: number,
): { readonly items: readonly T[]; readonly paging: object } {
  const end = start + limit;
  const paging = end < all.length ? { paging: { next: { after: String(end) } } } : {};
  return { items: all.slice(start, end), paging };
}

function typeOf(name: string | undefined): AssociatedType {
  const type = TYPES[name ?? ""];
  if (type === undefined) throw invalid(`Unable to infer object type from: ${name ?? ""}`);
  return type;
}

/** Those without any are missing from the results and told as errors; not an official text. */
function noneFound(from: AssociatedType, id: string, to: AssociatedType): VendorError {
  return new VendorError(404, `No ${SINGULAR[to]} is associated with ${SINGULAR[from]} ${id}.`, {
    category: "OBJECT_NOT_FOUND",
    subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
    context: { fromObjectId: [id], fromObjectType: [SINGULAR[from]], toObjectType: [SINGULAR[to]] },
  });
}
