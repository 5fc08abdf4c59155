import type { DayCounts, EngagementPage, NotTold } from "../../src/connectors/engagement-port.ts";

/** Pages of a metric that the source tells of; throws where it does not. */
export async function* toldPages(
  pages: AsyncIterable<EngagementPage | NotTold>,
): AsyncGenerator<EngagementPage> {
  for await (const page of pages) yield told(page);
}

/** What was told; throws where it was not. */
export function told<T extends EngagementPage | DayCounts>(answer: T | NotTold): T {
  if (answer.kind === "not_told") throw new Error(answer.problem.title);
  return answer as T;
}
