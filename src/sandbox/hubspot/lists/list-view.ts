import type { ContactList, ListStore } from "./list-store.ts";
import type { Settings } from "../settings.ts";

interface Portal {
  readonly lists: ListStore;
  readonly settings: Settings;
}

/** A list as reading it answers. */
export function listView(
  { lists, settings }: Portal,
  list: ContactList,
  includeFilters: boolean,
): Record<string, unknown> {
  return {
    ...listFrame({ lists, settings }, list),
    ...(settings.listsTellSize ? { size: lists.size(list) } : {}),
    ...(includeFilters && list.filterBranch !== undefined ? { filterBranch: list.filterBranch } : {}),
  };
}

/** A list as searching for lists answers: sizes are texts, and come by default, as the time of the last leave does. */
export function foundListView(
  { lists, settings }: Portal,
  list: ContactList,
  wanted: readonly string[],
): Record<string, unknown> {
  const all: Readonly<Record<string, string>> = {
    hs_list_size: String(lists.size(list)),
    hs_list_reference_count: "0",
    hs_folder_name: "",
    ...(list.lastRemovedAt === undefined ? {} : { hs_last_record_removed_at: String(list.lastRemovedAt) }),
  };
  // These come along, asked for or not.
  const names = new Set(["hs_list_size", "hs_list_reference_count", "hs_last_record_removed_at", ...wanted]);
  const additionalProperties = Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  return { ...listFrame({ lists, settings }, list), additionalProperties };
}

function listFrame({ lists, settings }: Portal, list: ContactList): Record<string, unknown> {
  return {
    listId: list.id,
    listVersion: list.version,
    name: list.name,
    objectTypeId: "0-1",
    processingType: list.processingType,
    processingStatus: statusOf(settings, lists, list),
    createdAt: new Date(list.createdAt).toISOString(),
    updatedAt: new Date(list.updatedAt).toISOString(),
    ...(list.processingType === "MANUAL" ? {} : { filtersUpdatedAt: new Date(list.createdAt).toISOString() }),
    createdById: "9586504",
    updatedById: "9586504",
  };
}

function statusOf({ pausedLists }: Settings, lists: ListStore, list: ContactList): string {
  if (pausedLists.includes(list.name)) return "PAUSED";
  return lists.isProcessing(list) ? "PROCESSING" : "COMPLETE";
}
