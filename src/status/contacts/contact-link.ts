import type { PerSide, Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";

/** Where a person opens a contact of each account; `{id}` stands for its id. `null` while an account is not known. */
export type ContactUrls = PerSide<string | null>;

/**
 * "Open in HubSpot", where the contact and its account are known.
 *
 * @param short only the system's name is shown, where there are many in a column
 */
export function contactLink(
  side: Side,
  id: string | null,
  urls: ContactUrls,
  email: string,
  short = false,
): Fragment {
  const url = urls[side]?.replace("{id}", () => encodeURIComponent(id ?? ""));
  // The pattern comes from outside: anything but a page of the web could be a script.
  if (id === null || url === undefined || !/^https?:\/\//.test(url)) return null;
  return html`<a href="${url}" rel="noreferrer"
    >${short ? html`<span class="unseen">Open in </span>` : "Open in "}${SIDE_NAMES[side]}<span class="unseen"
      >: ${personAddress(email)}</span
    ></a
  >`;
}
