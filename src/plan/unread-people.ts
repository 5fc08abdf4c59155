import { clip } from "../model/clip.ts";
import type { ExternalId } from "../model/contact.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { CONTACT_NOUNS, SIDE_NAMES } from "../model/side.ts";

const NAMED = 10;

/** SK-UNREADABLE of contacts that nobody is linked with; those of linked people are problems of these people. */
export function unreadPeople(side: Side, ids: readonly ExternalId[]): readonly Problem[] {
  if (ids.length === 0) return [];
  const system = SIDE_NAMES[side];
  const [one, many] = CONTACT_NOUNS[side];
  const what = ids.length === 1 ? `1 ${system} ${one}` : `${ids.length} ${system} ${many}`;
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  return [
    {
      code: "SK-UNREADABLE",
      level: "mapping",
      side,
      field: null,
      title: clip(`${what} could not be read`, 60),
      explanation: `${system} showed ${what} in a form that Tandem can't read: ${ids.slice(0, NAMED).join(", ")}${more}. They are not synced and don't count as deleted.`,
      fix: [
        "Tandem retries automatically in every sync.",
        `If it lasts, edit them in ${system} so that ${system} stores them again, or ask ${system} support.`,
      ],
      retry: "soon",
      reference: null,
    },
  ];
}
