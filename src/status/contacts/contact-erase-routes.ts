import { z } from "zod";
import { emailKey } from "../../model/email.ts";
import { confirmPage } from "../frame/layout/confirm-page.ts";
import { counted } from "../../model/count-words.ts";
import type { ToErase, Erasing } from "../../lanes/erasing.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { linkId } from "../parts/link-selection.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import { searchWords } from "../parts/search-text.ts";
import type { StatusActions } from "../status-actions.ts";
import type { StatusReader } from "../status-reader.ts";

/** What erasing needs. */
export interface EraseDeps {
  readonly read: StatusReader;
  readonly act: StatusActions;
  readonly erasing: Erasing;
}

const params = z.object({ id: linkId });
const form = z.object({ address: searchWords });

type Wrong = { readonly words: string; readonly status: number } | null;

/** Erases a person after their address was typed: what is erased does not come back. */
export function contactEraseRoutes(deps: EraseDeps): readonly StatusPage[] {
  return [
    {
      method: "POST",
      address: "/contacts/:id/erase",
      place: "/contacts",
      async answer(wanted) {
        const parsed = params.safeParse(wanted.params);
        const found = parsed.success ? await deps.read.contact(parsed.data.id) : null;
        const email = emailKey(found?.email ?? null);
        if (!parsed.success || email === null) return { kind: "told", status: 404, message: NOT_FOUND };
        const { id } = parsed.data;
        const sent = z.object({ address: z.unknown() }).safeParse(wanted.body).success;
        const question = async (wrong: Wrong) =>
          ask(wanted, id, await deps.erasing.known(email), email, wrong);
        if (!sent) return question(null);
        const given = form.safeParse(wanted.body);
        if (!given.success || emailKey(given.data.address) !== email)
          return question({ words: `Type ${email}, exactly as shown here`, status: 400 });
        return erase(deps, wanted, id, email, question);
      },
    },
  ];
}

async function erase(
  { act, erasing }: EraseDeps,
  { visitor: { name: who, role } }: PageRequest,
  id: bigint,
  email: NonNullable<ReturnType<typeof emailKey>>,
  question: (wrong: Wrong) => Promise<Answer>,
): Promise<Answer> {
  const about = { links: String(id) };
  const entry = { who, role, action: "erase", about };
  const erased = await erasing.erase(email).catch(async (fault: unknown) => {
    // Part of it may be gone: who began it must be known.
    await act.audit({ ...entry, reason: "cut off: do it again" });
    throw fault;
  });
  if (erased.kind === "busy") {
    const words = "A run is under way and nothing was erased: press once more when it is over";
    return question({ words, status: 409 });
  }
  await act.audit({ ...entry, contacts: erased.contacts });
  return {
    kind: "moved",
    to: "/contacts",
    said: `Erased: ${counted(erased.contacts, "contact")} under ${counted(erased.addresses, "address", "addresses")}. HubSpot, Klaviyo and backups of the database were not touched.`,
  };
}

function ask(
  { frame }: PageRequest,
  id: bigint,
  { addresses, contacts }: ToErase,
  email: string,
  wrong: Wrong,
): Answer {
  const others = addresses.filter((address) => address !== email);
  const title = `Erase ${email}?`;
  const content = confirmPage(frame, {
    title,
    words: [
      `This removes what Tandem keeps of this person, for good: ${counted(contacts, "contact")}, their history and their engagement. They are not read or made again.`,
      ...(others.length === 0
        ? []
        : [`These addresses are the same person’s and go with it: ${others.join(", ")}.`]),
      "Keyed hashes and opt-outs stay in the consent ledger. HubSpot, Klaviyo, database backups and saved plan files are not changed.",
    ],
    action: `/contacts/${String(id)}/erase`,
    button: "Erase for good",
    fields: field(email, wrong),
    wrong: wrong === null ? null : { words: wrong.words, field: "address" },
    back: `/contacts/${String(id)}`,
  });
  return {
    kind: "page",
    title: wrong === null ? title : `Error: ${title}`,
    content,
    document: { email, addresses, contacts, wrong: wrong?.words ?? null },
    status: wrong?.status ?? 200,
  };
}

function field(email: string, wrong: Wrong): Fragment {
  return html`<div class="field">
    <label for="address">Type <bdi>${email}</bdi> to say that it is meant</label>
    ${wrong !== null && html`<p class="wrong" id="address-wrong">${wrong.words}</p>`}
    <input
      id="address"
      name="address"
      type="text"
      inputmode="email"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      ${wrong !== null && html`aria-invalid="true" aria-describedby="address-wrong"`}
    />
  </div>`;
}
