import type { Problem } from "../../model/problem.ts";
import { ENGAGEMENT_FIELD } from "../../store/runs/runs.ts";
import { clip } from "../../model/clip.ts";

/** A problem as one of this lane: the other lanes neither heal nor repeat it. */
export function ofEngagement(problem: Problem): Problem {
  return { ...problem, field: ENGAGEMENT_FIELD };
}

/**
 * Problems of one code as one: the store keeps one of each code, and the second would take the place of the first. It
 * says what each of them said.
 */
export function together(problems: readonly Problem[]): readonly Problem[] {
  const byCode = Map.groupBy(problems, ({ code, side, field }) => JSON.stringify([code, side, field]));
  return [...byCode.values()].flatMap((same): readonly Problem[] => {
    const [first, ...others] = same;
    if (first === undefined || others.length === 0) return same;
    const explanations = new Set(same.map(({ explanation }) => explanation));
    return [
      {
        ...first,
        title: clip(`${clip(first.title, 45)} and ${others.length} more`, 60),
        explanation: [...explanations].join(" "),
        fix: [...new Set(same.flatMap(({ fix }) => fix))],
      },
    ];
  });
}

/** SK-NOSINK: the system has no such way of showing events at all. */
export function noSink(recordAs: string): Problem {
  return {
    ...CONNECTION,
    code: "SK-NOSINK",
    title: clip(`HubSpot cannot show engagement as ${recordAs}`, 60),
    explanation: `The mapping says \`record_as: ${recordAs}\`, and there is no such way here. Nothing is shown; what was read waits.`,
    fix: ["Choose another `engagement.record_as` in the mapping."],
  };
}

/**
 * SK-NOLIST: a list or segment of `only_from` does not exist.
 *
 * @param wasThere it was seen before, so that its last members are known
 */
export function collectionMissing(nameOrId: string, kind: string, line: number, wasThere: boolean): Problem {
  const effect = wasThere
    ? `The people who were in it last still count, and nobody else joins them. Everything else continues.`
    : `What people in none of the other lists and segments do is read and waits. Everything else continues.`;
  return {
    ...CONNECTION,
    level: "mapping",
    side: "klaviyo",
    code: "SK-NOLIST",
    title: clip(`Klaviyo ${kind} "${nameOrId}" does not exist`, 60),
    explanation: `Line ${line} of the mapping names it under \`engagement.only_from\`. ${effect}`,
    fix: [`Restore the ${kind} in Klaviyo, or change line ${line} of the mapping.`],
  };
}

/** KL-METRIC: a metric's name stands for another one by now. */
export function metricRepointed(name: string, first: string, other: string): Problem {
  return {
    ...CONNECTION,
    level: "mapping",
    side: "klaviyo",
    code: "KL-METRIC",
    title: clip(`Another Klaviyo metric is called "${name}" now`, 60),
    explanation: `"${name}" was the metric ${first}, which still exists under another name. Tandem continues with it, and does not read ${other}, which has taken the name.`,
    fix: [`In Klaviyo, give the metric ${first} its name back, or delete it if ${other} is meant.`],
  };
}

/** SK-ROLLUP: the property is not there, or cannot hold what is to be written. */
export function rollUpMissing(property: string, why: string, line: number): Problem {
  return {
    ...CONNECTION,
    level: "mapping",
    code: "SK-ROLLUP",
    title: clip(`HubSpot property ${property} ${why}`, 60),
    explanation: `Line ${line} of the mapping writes the last activity to ${property}, and it ${why}. Nothing is written to it; the timeline continues.`,
    fix: [
      "Run `tandem hubspot setup-timeline`: it makes the properties that are missing.",
      `If there is one of that name and another type, name another on line ${line}.`,
    ],
  };
}

/** SK-LIMIT: more contacts would be made than the mapping allows in one run. */
export function tooManyToMake(people: number, allowed: number): Problem {
  return {
    ...CONNECTION,
    code: "SK-LIMIT",
    title: clip(`${people} contacts would be made for engagement; ${allowed} allowed`, 60),
    explanation: `\`unknown_contacts: create\` would make ${people} HubSpot contacts in one run, and \`limits.creates_per_run\` allows ${allowed}. Nobody was made; what they did waits.`,
    fix: [
      "If so many are wanted, raise `limits.creates_per_run` in the mapping for as long as it takes.",
      "Otherwise use `unknown_contacts: skip`, or choose whose messages count under `engagement.only_from`.",
    ],
  };
}

const CONNECTION = {
  level: "connection",
  side: "hubspot",
  field: ENGAGEMENT_FIELD,
  retry: "soon",
  reference: null,
} as const;
