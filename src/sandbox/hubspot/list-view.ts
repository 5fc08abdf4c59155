import type { ContactList, ListStore } from "./list-store.ts";

/** A list as reading it answers. */
export function listView(
  lists: ListStore,
  list: ContactList,
  includeFilters: boolean,
): Record<string, unknown> {
  return {
    ...listFrame(lists, list),
    size: lists.size(list),
    ...(includeFilters && list.filterBranch !== undefined ? { filterBranch: list.filterBranch } : {}),
  };
}

/** A list as searching for lists answers: sizes are texts, and only on request. */
export function foundListView(
  lists: ListStore,
  list: ContactList,
  wanted: readonly string[],
): Record<string, unknown> {
  const all: Readonly<Record<string, string>> = {
    hs_list_size: String(lists.size(list)),
    hs_list_reference_count: "0",
    hs_folder_name: "",
  };
  // The size comes along, asked for or not.
  const names = new Set(["hs_list_size", "hs_list_reference_count", ...wanted]);
  const additionalProperties = Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  return { ...listFrame(lists, list), additionalProperties };
}

function listFrame(lists: ListStore, list: ContactList): Record<string, unknown> {
  return {
    listId: list.id,
    listVersion: list.version,
    name: list.name,
    objectTypeId: "0-1",
    processingType: list.processingType,
    processingStatus: lists.isProcessing(list) ? "PROCESSING" : "COMPLETE",
    createdAt: new Date(list.createdAt).toISOString(),
    updatedAt: new Date(list.updatedAt).toISOString(),
    ...(list.processingType === "MANUAL" ? {} : { filtersUpdatedAt: new Date(list.createdAt).toISOString() }),
    createdById: "9586504",
    updatedById: "9586504",
  };
}
