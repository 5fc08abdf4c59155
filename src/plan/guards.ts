/**
 * What no mapping can switch off (CONTRACT.md, Guards): too many people leaving at once, or gone at once, is more often
 * a list that was emptied by mistake or an account that does not answer truly than what somebody wanted.
 */

/** Fewer than a fifth may leave a list between two looks, or fewer than fifty of any list. */
const LEAVERS_SHARE = 0.2;
const FEWEST_LEAVERS = 50;
/** A list of so many that comes back empty is held in any case. */
const FEWEST_EMPTIED = 20;

/** Of all linked people one in fifty may be gone at once, or fewer than twenty of any number. */
const DELETIONS_SHARE = 0.02;
const FEWEST_DELETIONS = 20;

/** How many of a list's `members` may leave it at once. */
export function removalsAllowed(members: number): number {
  const share = Math.max(FEWEST_LEAVERS - 1, Math.floor(members * LEAVERS_SHARE));
  return members >= FEWEST_EMPTIED ? Math.min(share, members - 1) : share;
}

/** How many of the `linked` people may be found deleted at once. */
export function deletionsAllowed(linked: number): number {
  return Math.max(FEWEST_DELETIONS - 1, Math.floor(linked * DELETIONS_SHARE));
}
