/** Requests that nobody can do without, and why. */
export interface MinimumTerm {
  readonly requests: number;
  readonly why: string;
}

/** The smallest number of requests for a piece of work, by what the vendors document. */
export interface Minimum {
  readonly requests: number;
  readonly terms: readonly MinimumTerm[];
}

/** The largest pages and batches that the vendors document. */
const HUBSPOT_MEMBERS = 250;
const HUBSPOT_BATCH = 100;
const HUBSPOT_HITS = 200;
const KLAVIYO_PROFILES = 100;
const KLAVIYO_EVENTS = 1_000;
const HUBSPOT_EVENTS = 500;
/** Opens, clicks, and clicks in text messages. */
const METRICS = 3;
/** 5 MB are a second limit of a job. It is left out: with it the minimum would only be higher, and the ratio look better. */
const KLAVIYO_IMPORT = 10_000;
/** Up to here Klaviyo's single upserts fit into one second; above it a job takes fewer requests. */
const KLAVIYO_SINGLES = 75;

/** Everybody on a HubSpot list, to a Klaviyo that has nobody. */
export function minimumToEmptyKlaviyo(people: number): Minimum {
  return sum([
    { requests: pages(people, HUBSPOT_MEMBERS), why: "pages of the list's members, ids only" },
    { requests: pages(people, HUBSPOT_BATCH), why: "batch reads of the contacts" },
    ...importJobs(people),
  ]);
}

/** Everybody in a Klaviyo segment, to a HubSpot that has nobody. */
export function minimumToEmptyHubSpot(people: number): Minimum {
  return sum([
    { requests: pages(people, KLAVIYO_PROFILES), why: "pages of the segment's profiles" },
    { requests: pages(people, HUBSPOT_BATCH), why: "batch creates; each answers with the new ids" },
  ]);
}

/** So many events of so many people, who are not linked, to custom events of HubSpot. */
export function minimumToShow(events: number, people: number): Minimum {
  return sum([
    { requests: METRICS * Math.max(1, pages(events / METRICS, KLAVIYO_EVENTS)), why: "pages of events" },
    { requests: 1, why: "which metrics there are" },
    { requests: 2, why: "whose accounts these are" },
    ...(events === 0
      ? []
      : [
          { requests: METRICS, why: "how many events Klaviyo counts" },
          { requests: pages(people, HUBSPOT_BATCH), why: "batch reads of contacts by address" },
          { requests: 1, why: "which event definitions there are" },
          { requests: pages(events, HUBSPOT_EVENTS), why: "batches of custom events" },
        ]),
  ]);
}

/** What one cycle takes in which nothing happened, however many people there are. */
export function minimumIdle(cycles = 1): Minimum {
  return sum(finding(0, 0).map(({ requests, why }) => ({ requests: requests * cycles, why })));
}

/** The first cycles after everybody was imported into Klaviyo: a job tells no ids, so the new profiles are read once. */
export function minimumAfterImport(people: number, cycles: number): Minimum {
  return sum([
    ...minimumIdle(cycles - 1).terms,
    ...finding(0, people).map(({ requests, why }) => ({ requests, why: `${why}, the new ids among them` })),
  ]);
}

/** One cycle in which so many people were edited in HubSpot. */
export function minimumEditedInHubSpot(edited: number): Minimum {
  const writes =
    edited <= KLAVIYO_SINGLES
      ? [{ requests: edited, why: "single updates of profiles" }]
      : importJobs(edited);
  return sum([...finding(edited, 0), ...writes]);
}

/** One cycle in which so many people were edited in Klaviyo. */
export function minimumEditedInKlaviyo(edited: number): Minimum {
  return sum([
    ...finding(0, edited),
    { requests: pages(edited, HUBSPOT_BATCH), why: "batch updates of contacts" },
  ]);
}

/** How a cycle finds out what changed, and that nobody left. */
function finding(inHubSpot: number, inKlaviyo: number): readonly MinimumTerm[] {
  return [
    { requests: Math.max(1, pages(inHubSpot, HUBSPOT_HITS)), why: "search for changed contacts" },
    { requests: Math.max(1, pages(inKlaviyo, KLAVIYO_PROFILES)), why: "pages of changed profiles" },
    { requests: 1, why: "how many are on the HubSpot list" },
    { requests: 1, why: "who joined the HubSpot list" },
    { requests: 1, why: "how many are in the Klaviyo segment" },
    { requests: 1, why: "who joined the Klaviyo segment" },
  ];
}

function importJobs(people: number): readonly MinimumTerm[] {
  const jobs = pages(people, KLAVIYO_IMPORT);
  return [
    { requests: jobs, why: "import jobs; they put people on the list too" },
    { requests: jobs, why: "what became of each job, asked once" },
  ];
}

function pages(items: number, size: number): number {
  return Math.ceil(items / size);
}

function sum(terms: readonly MinimumTerm[]): Minimum {
  return { requests: terms.reduce((total, { requests }) => total + requests, 0), terms };
}
