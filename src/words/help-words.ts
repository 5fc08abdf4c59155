/** What Tandem never does. No setting changes the first of these. */
export const NEVER: readonly string[] = [
  "It never resubscribes anyone who unsubscribed, complained, bounced or was suppressed. No setting changes this.",
  "It never deletes a contact or a profile. It never creates one again that someone deleted.",
  "It never drops an edit silently. If both sides changed a field, the mapping decides, and an admin can restore the other value.",
  "It never exceeds the limits of the mapping. Such changes wait until a person approves them.",
  "It never leaves a contact out silently. Each contact has exactly one status, with a reason.",
  "It never shows a key. Diagnostics that you copy for support name no person.",
];
