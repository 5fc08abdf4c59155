import type { Sighting } from "../../src/model/contact.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { KnownLink, Link } from "../../src/model/link.ts";
import type { Problem } from "../../src/model/problem.ts";
import type { ResolvedRule } from "../../src/model/scope.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { perSide } from "../../src/model/side.ts";

/** How snapshots are read where a test says nothing of it. */
export const NO_SHAPES: PerSide<string> = { hubspot: "", klaviyo: "" };

export const ANN = "ann@example.com" as EmailKey;

/** Ann as a side shows her: id `h1` or `k1`, in scope there by the rule of that side unless told. */
export function sighting(side: Side, parts: Partial<Sighting> = {}): Sighting {
  return {
    side,
    id: side === "hubspot" ? "h1" : "k1",
    email: ANN,
    fields: { email: ANN },
    unreadable: {},
    consent: null,
    shape: "",
    edited: {},
    rules: [FROM[side].id],
    ...parts,
  };
}

/** Ann's link, from what each side shows of her; both sides were asked for her. */
export function known(
  sightings: PerSide<Sighting | null>,
  parts: Partial<Omit<KnownLink, "link" | "sightings">> & { readonly link?: Partial<Link> } = {},
): KnownLink {
  return {
    sightings,
    unread: { hubspot: null, klaviyo: null },
    sought: { hubspot: true, klaviyo: true },
    made: { hubspot: false, klaviyo: false },
    duplicates: { hubspot: [], klaviyo: [] },
    claimed: { hubspot: null, klaviyo: null },
    taken: { hubspot: null, klaviyo: null },
    putAside: { hubspot: null, klaviyo: null },
    inherited: [],
    optedOut: false,
    optingOut: false,
    optOutUnconfirmed: false,
    optOutUnderWay: false,
    subscribeRequested: [],
    overruled: false,
    takenBack: [],
    writes: [],
    ...parts,
    link: {
      id: 1n,
      email: ANN,
      ids: perSide((side) => sightings[side]?.id ?? null),
      base: {},
      lists: [],
      deletedOn: null,
      missingOn: null,
      merged: null,
      state: "waiting",
      attempts: 0,
      retryAt: null,
      refused: {},
      ...parts.link,
    },
  };
}

export function resolvedRule(from: Side, parts: Partial<ResolvedRule> = {}): ResolvedRule {
  return {
    id: from === "hubspot" ? "customers" : "subscribers",
    from,
    onEnter: "link_or_create",
    subscribe: false,
    onLeave: "stop",
    collections: ["c1"],
    lists: [],
    ...parts,
  };
}

/** One rule of each side: who is in the CRM's list, who is in Klaviyo's. */
export const FROM: PerSide<ResolvedRule> = perSide((side) => resolvedRule(side));

export function problem(parts: Partial<Problem> = {}): Problem {
  return {
    code: "SK-PHONE",
    level: "field",
    side: "hubspot",
    field: "phone",
    title: "Phone number not understood",
    explanation: "12 is no phone number.",
    fix: ["Write it with its country code."],
    retry: "on_change",
    reference: null,
    ...parts,
  };
}
