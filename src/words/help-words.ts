/** What the word at the top of every page means, the worst first: the first that fits is said. */
export const HEALTH_MEANINGS: Readonly<Record<HealthWord, string>> = {
  stopped:
    "Nothing moves until somebody acts: a key was refused, three runs in a row did not finish, or the mapping cannot be used. The sentence beside it says who.",
  paused: "A person stopped it for a while, with a reason. Refusals of e-mail still travel.",
  delayed:
    "A look or a change is later than usual, because a system limits or does not answer. Tandem continues automatically.",
  degraded: "Runs finish, but many contacts fail, or a whole field is off.",
  healthy: "None of these: everything is in sync, or on its way.",
};

/** What Tandem never does. The first of these is no setting. */
export const NEVER: readonly string[] = [
  "It never subscribes somebody again who unsubscribed, complained, bounced or was suppressed. This cannot be switched off.",
  "It never deletes a contact or a profile, in either system, and never makes one again that somebody deleted.",
  "It never settles a difference unseen: where both sides changed a field, the mapping says who wins; the other value is kept, and an admin can have it back.",
  "It never goes past the limits of the mapping by itself: a run that would is held until a person says yes.",
  "It never leaves somebody out silently: everybody is in exactly one state, with a reason.",
  "It never shows a key, and what is copied to ask for help names nobody.",
];

/** One word for how a connection does; `paused` is a person's doing. */
export type HealthWord = "healthy" | "degraded" | "delayed" | "paused" | "stopped";
