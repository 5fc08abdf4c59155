import { contactTimes } from "../../../src/store/people/contact-times.ts";
import { addressesLike, linkOfEmail, listContacts } from "../../../src/store/people/contacts-list.ts";
import {
  addressesOf,
  eraseRows,
  heldOf,
  passedAddresses,
  personRows,
} from "../../../src/store/people/erase.ts";
import { allowAgain, erasedAmong, erasedSince, saveErased } from "../../../src/store/people/erased.ts";
import { personActs } from "../../../src/store/people/person-acts.ts";
import { exportPerson } from "../../../src/store/people/person-export.ts";
import { emailOfLink, personHistory } from "../../../src/store/people/person-history.ts";
import { redact, vacuum } from "../../../src/store/people/redact.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, linkOf } from "./known.ts";

const JO = ["jo@example.com"];
const EVERYBODY = { search: null, searchIn: "everything", state: null, page: 1 } as const;

export const PEOPLE: Entries = {
  contactTimes: reads((store, known) => contactTimes(store, linkOf(known, "jo"))),
  addressesLike: reads((store) => addressesLike(store, "j")),
  linkOfEmail: reads((store) => linkOfEmail(store, "jo@example.com")),
  listContacts: reads((store) => listContacts(store, EVERYBODY)),
  addressesOf: reads(({ statements }) => addressesOf(statements, "jo@example.com")),
  eraseRows: writes(async (store) => eraseRows(store, JO, await personRows(store, JO), NOW)),
  heldOf: reads((store) => heldOf(store, JO, [])),
  passedAddresses: reads(({ statements }) => passedAddresses(statements, JO)),
  personRows: reads((store) => personRows(store, [...JO, "fay@example.com"])),
  allowAgain: writes((store) => allowAgain(store, "gone@example.com", NOW)),
  erasedAmong: reads((store) => erasedAmong(store, ["gone@example.com", "back@example.com"])),
  erasedSince: reads((store) => erasedSince(store, "gone@example.com")),
  saveErased: writes((store) => saveErased(store, "3", JO, [{ side: "hubspot", id: "1" }], NOW)),
  personActs: reads((store, known) => personActs(store, linkOf(known, "ida"), 10)),
  exportPerson: reads(({ statements }) => exportPerson(statements, "jo@example.com")),
  emailOfLink: reads((store, known) => emailOfLink(store, linkOf(known, "jo"))),
  personHistory: reads(({ statements }, known) => personHistory(statements, linkOf(known, "jo"), 20)),
  redact: reads(
    (_store, { database }) => redact(database, ["nowhere@example.com"]),
    "the other entries need what is there",
  ),
  vacuum: reads((_store, { database }) => vacuum(database), "it answers nothing"),
};
