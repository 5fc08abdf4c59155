import type { Deps } from "../../lanes/deps.ts";
import type { PerSide } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import type { ContactUrls } from "../../status/contacts/contact-link.ts";

/** Where a person opens a contact on either side: known once an account was seen, and asked for once. */
export function contactLinks({ connectors, signal }: Deps): {
  readonly urls: () => ContactUrls;
  readonly learn: () => Promise<void>;
} {
  let known: PerSide<string | null> = { hubspot: null, klaviyo: null };
  return {
    urls: () => known,
    async learn() {
      for (const side of SIDES) {
        if (known[side] !== null) continue;
        // A side that is out now is asked again after the next run; until then there is no link.
        const account = await connectors[side].account(signal).catch(() => null);
        known = { ...known, [side]: account?.contactUrl ?? null };
      }
    },
  };
}
