/** The places of the navigation, in its order, each with what it is for; Help is the last on every page. */
export const PLACES = [
  { address: "/", label: "Overview", purpose: "Is it working, is it current, must somebody act?" },
  { address: "/errors", label: "Errors", purpose: "Who cannot be kept in step, why, and how to mend it." },
  {
    address: "/contacts",
    label: "Contacts",
    purpose: "Find one person: what each side has, who wins and why, what happens next.",
  },
  { address: "/runs", label: "Runs", purpose: "What Tandem did and when; a run can be put back from there." },
  {
    address: "/mapping",
    label: "Mapping",
    purpose: "Who and what is kept in step, a trial run that writes nothing, and what is held for a yes.",
  },
  {
    address: "/conflicts",
    label: "Conflicts",
    purpose: "Fields that both sides had changed: which value stands, and the way to have the other back.",
  },
  {
    address: "/consent",
    label: "Consent",
    purpose: "Consent of both sides compared, and the ledger with its proof.",
  },
  {
    address: "/engagement",
    label: "Engagement",
    purpose: "What people did with Klaviyo's messages, and how much of it HubSpot shows.",
  },
  {
    address: "/settings",
    label: "Settings",
    purpose: "The accounts, what their keys may do, what is left of their limits, versions, and diagnostics.",
  },
  { address: "/help", label: "Help", purpose: "What the words mean, and how to ask for help." },
] as const;

export type Place = (typeof PLACES)[number]["address"];
