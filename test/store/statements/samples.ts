import type { Problem } from "../../../src/model/problem.ts";
import type { ResolvedRule } from "../../../src/model/scope.ts";

export const PROBLEM: Problem = {
  code: "HS-1",
  level: "connection",
  side: "hubspot",
  field: null,
  title: "HubSpot is slow",
  explanation: "It answered after a minute",
  fix: [],
  retry: "soon",
  reference: null,
};

/** A rule over a list that some of the rich database's people are in. */
export const RULE: ResolvedRule = {
  id: "customers",
  from: "hubspot",
  collections: ["31"],
  lists: ["LIST"],
  onEnter: "link_or_create",
  onLeave: "stop",
  subscribe: true,
};

export const SCOPE = { hubspot: ["31"], klaviyo: ["SEG"] };

/** Fields of a contact as the mapping names them. */
export const PLAIN = { "firstname:first_name": "Jo", vip: true };
