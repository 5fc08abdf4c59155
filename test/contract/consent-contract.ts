import { describe, expect, it } from "vitest";
import type { Contact } from "../../src/model/contact.ts";
import type { OptOutFrom } from "../../src/model/consent.ts";
import { refusesAll } from "../../src/model/consent.ts";
import type { OptOut } from "../../src/model/operation.ts";
import type { ConnectorHarness, MakeHarness } from "./harness.ts";
import { live, using } from "./using-harness.ts";
import { OPEN_GATE } from "../support/open-gate.ts";
import { key } from "../support/email.ts";

/** What somebody wants to be sent: read with every contact, carried by an opt-out, and given by nothing here. */
export function consentContract(makeHarness: MakeHarness): void {
  describe("consent", () => {
    const person = async (harness: ConnectorHarness, email: string) => {
      const [list] = harness.lists;
      return harness.user.create(email, {}, [list]);
    };
    const optOut = (harness: ConnectorHarness, id: string, email: string, from: OptOutFrom): OptOut => ({
      traceId: crypto.randomUUID(),
      side: harness.connector.side,
      email: key(email),
      kind: "opt_out",
      id,
      from,
    });
    const read = async ({ connector }: ConnectorHarness, id: string): Promise<Contact | undefined> =>
      (await connector.contacts.read([id], [], live())).contacts[0];

    it(
      "of somebody new is none, and is told with the contact",
      using(makeHarness, async (harness) => {
        const id = await person(harness, "new@example.com");
        expect((await read(harness, id))?.consent).toMatchObject({
          status: "never_subscribed",
          suppressions: [],
          listSuppressions: [],
          optedOutTypes: [],
        });
      }),
    );

    it(
      "is refused by an opt-out of everything, for that one person, and twice is once",
      using(makeHarness, async (harness) => {
        const [id, other] = [await person(harness, "a@example.com"), await person(harness, "b@example.com")];
        const operation = optOut(harness, id, "a@example.com", { kind: "all" });
        for (let times = 0; times < 2; times += 1) {
          const {
            results: [result],
          } = await harness.connector.contacts.write([operation], [], OPEN_GATE, live());
          expect(result?.outcome).toBe("done");
          await harness.pass();
        }
        const [out, kept] = [await read(harness, id), await read(harness, other)];
        expect(out?.consent && refusesAll(out.consent)).toBe(true);
        expect(kept?.consent && refusesAll(kept.consent)).toBe(false);
      }),
    );

    it(
      "makes nobody of a contact that is gone",
      using(makeHarness, async (harness) => {
        const id = await person(harness, "gone@example.com");
        await harness.user.delete(id);
        await harness.pass();
        await harness.connector.contacts.write(
          [optOut(harness, id, "gone@example.com", { kind: "all" })],
          [],
          OPEN_GATE,
          live(),
        );
        await harness.pass();
        expect(await harness.connector.contacts.find([key("gone@example.com")], [], live())).toEqual({
          from: "index",
          contacts: [],
          unreadable: [],
        });
      }),
    );

    it(
      "is told by those who refused lately, and by nobody where nobody did",
      using(makeHarness, async (harness) => {
        const [id] = [await person(harness, "a@example.com"), await person(harness, "b@example.com")];
        const since = Date.parse((await read(harness, id))?.updatedAt ?? "");
        const seen = async (): Promise<readonly string[]> => {
          const found: string[] = [];
          for await (const page of harness.connector.consent.optOuts(since, live())) {
            found.push(
              ...page.contacts.filter(({ consent }) => consent && refusesAll(consent)).map((each) => each.id),
            );
          }
          return found;
        };
        expect(await seen()).toEqual([]);
        const operation = optOut(harness, id, "a@example.com", { kind: "all" });
        await harness.connector.contacts.write([operation], [], OPEN_GATE, live());
        await harness.pass();
        expect(await seen()).toEqual([id]);
      }),
    );

    it(
      "cannot be changed by any other operation",
      using(makeHarness, async (harness) => {
        const { connector, lists, properties } = harness;
        const id = await person(harness, "a@example.com");
        await connector.contacts.write(
          [optOut(harness, id, "a@example.com", { kind: "all" })],
          [],
          OPEN_GATE,
          live(),
        );
        await harness.pass();
        const common = {
          traceId: crypto.randomUUID(),
          side: connector.side,
          email: key("a@example.com"),
          id,
        };
        const property = { property: properties.text, type: "text" } as const;
        await connector.contacts.write(
          [{ ...common, kind: "update", values: { [properties.text]: "Changed" } }],
          [property],
          OPEN_GATE,
          live(),
        );
        for (const kind of ["add_to_list", "remove_from_list"] as const) {
          await connector.contacts.write([{ ...common, kind, list: lists[1] }], [], OPEN_GATE, live());
        }
        await harness.pass();
        const contact = await read(harness, id);
        expect(contact?.consent && refusesAll(contact.consent)).toBe(true);
      }),
    );
  });
}
