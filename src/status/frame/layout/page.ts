import type { Place } from "./places.ts";
import type { CsvCell } from "../../parts/csv-line.ts";
import type { Fragment } from "./html.ts";
import type { Frame } from "./layout.ts";
import type { Message } from "./message-page.ts";
import type { Visitor } from "../access/role.ts";

/*
 * How a page is added:
 *
 * 1. Write a function from what was read to `{ title, content, document }`: `content` is the markup below the frame with
 *    the page's one `h1`, `document` the same for programs. `errors-page.ts` is one. Show a person's address with
 *    `personAddress` and a field's value with `valueElement`. A viewer's document has what the page shows.
 * 2. Make a `StatusPage` of it, as `errors-routes.ts` does: its address, its place in the navigation, and what it
 *    answers. Everything in `Asked` that came with the request is `unknown`: parse it with zod, tell what is wrong.
 * 3. Name its address and the role that it needs in `permissions.ts`, and put it into the list in `status-app.ts`. It is
 *    then in the navigation, asks for a sign-in, answers JSON, masks addresses for viewers, and is in the tests of every
 *    route (`test/status/frame/every-route.test.ts`), with axe and with hostile names (`test/browser/pages.ts`).
 *
 * Something that a person does is a `StatusPage` with `method: "POST"`: a form with `csrfField(frame)`. It does its work
 * and writes its row with `writeAudit` in one transaction, then answers `moved` with the words that the next page says.
 */

/** A request, parsed as far as every page needs it. */
export interface PageRequest {
  readonly query: unknown;
  /** Of the address's `:names`. */
  readonly params: unknown;
  /** Of a form; `null` where there is none. */
  readonly body: unknown;
  /** Path and query, to come back to. */
  readonly url: string;
  readonly visitor: Visitor;
  readonly frame: Frame;
}

export type Answer =
  | {
      readonly kind: "page";
      /** For the window; the page's own words first. */
      readonly title: string;
      readonly content: Fragment;
      /** The same for programs. */
      readonly document: object;
      readonly status?: number;
    }
  /** To another page, which says `said` once. */
  | { readonly kind: "moved"; readonly to: string; readonly said?: string }
  | { readonly kind: "told"; readonly status: number; readonly message: Message }
  | {
      /** A CSV file. */
      readonly kind: "table";
      readonly name: string;
      readonly lines: AsyncIterable<readonly CsvCell[]>;
    }
  /** A JSON file. */
  | { readonly kind: "document"; readonly name: string; readonly document: object };

/** One address and what it answers. */
export interface StatusPage {
  /** Default: GET. */
  readonly method?: "POST";
  readonly address: string;
  /** Which place of the navigation it belongs to. */
  readonly place: Place;
  answer(wanted: PageRequest): Promise<Answer>;
}
