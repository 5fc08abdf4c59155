import type { PublicObjectSearchRequest } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import type { Search } from "./client.ts";

/** A search as the SDK wants it. */
export function searchBody({ groups, sort, properties, limit }: Search): PublicObjectSearchRequest {
  return {
    filterGroups: groups.map((filters) => ({ filters: [...filters] })),
    sorts: [sort],
    properties: [...properties],
    limit,
    // The operators are an enum of the SDK with the very texts that travel.
  } as unknown as PublicObjectSearchRequest;
}
