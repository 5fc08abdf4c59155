import { createHash } from "node:crypto";
import type { PullPage } from "../../connectors/connector.ts";
import type { Problem } from "../../model/problem.ts";
import { dropAbsentMembers, saveEngagementMembers } from "../../store/feeds/engagement-members.ts";
import { readEngagementState, saveMembersStream } from "../../store/feeds/engagement-state.ts";
import type { EngagementContext } from "./context.ts";
import { NIGHTLY_WINDOW_MS } from "./passes.ts";
import { pageDone } from "../../pull/run-context.ts";
import { atomically } from "../../store/database/store.ts";

/**
 * Sees who is in the lists and segments that engagement is limited to: all of them once, and from then on who joined and
 * who left. Of the people themselves nothing is asked and nothing kept but their ids.
 *
 * @returns a problem for each collection that cannot be read now
 */
export async function pullMembers(context: EngagementContext): Promise<readonly Problem[]> {
  const { store, connectors, counting, signal, newId } = context;
  const collections = counting?.readable ?? [];
  if (collections.length === 0) return [];
  const problems: Problem[] = [];
  const { members } = await readEngagementState(store);
  const stream = createHash("sha256").update(JSON.stringify(collections)).digest("hex");
  const begun = members.stream === stream ? members : { stream, cursor: null, scan: newId() };
  const scope = { collections, properties: [] };
  const since = new Date(context.now().getTime() - NIGHTLY_WINDOW_MS);
  let { cursor } = begun;
  for await (const page of connectors.klaviyo.contacts.pull(scope, begun.cursor, signal)) {
    cursor = page.cursor;
    // One collection that Klaviyo does not show: who is in the others still counts.
    if (page.kind === "collection_gone") problems.push({ ...page.problem, level: "mapping" });
    const reached = { ...begun, cursor };
    await atomically(store, async (store) => {
      for (const [collection, people, scan] of membersOf(page, begun.scan))
        await saveEngagementMembers(store, collection, people, scan, since);
      if (page.kind === "roster" && page.last) await dropAbsentMembers(store, page.collection, page.scan);
      await saveMembersStream(store, reached);
    });
    await pageDone(context);
  }
  if (begun.scan === null) return problems;
  const { scan } = begun;
  await atomically(store, async (store) => {
    for (const collection of collections) await dropAbsentMembers(store, collection, scan);
    await saveMembersStream(store, { stream, cursor, scan: null });
  });
  return problems;
}

function membersOf(
  page: PullPage,
  scan: string | null,
): readonly (readonly [collection: string, people: readonly string[], scan: string | null])[] {
  if (page.kind === "roster") return [[page.collection, page.ids, page.scan]];
  if (page.kind !== "contacts") return [];
  return [...page.members].map(([collection, people]) => [collection, people, scan]);
}
