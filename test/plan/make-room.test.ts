import { expect, test } from "vitest";
import type { EmailKey } from "../../src/model/email.ts";
import type { KnownLink } from "../../src/model/link.ts";
import type { PastWrite } from "../../src/model/history/past-write.ts";
import { whoMayMakeRoom } from "../../src/plan/make-room.ts";
import type { ContactPlan } from "../../src/plan/planned.ts";
import { known, sighting } from "../support/known-link.ts";

/** The person with this number wants the next one's email address in Klaviyo; the first of them makes room. */
function waiting(
  number: number,
  of: number,
  parts: Partial<ContactPlan> = {},
  more: Partial<Pick<KnownLink, "optingOut" | "writes">> = {},
): ContactPlan {
  const email = `p${(number + 1) % of}@example.com` as EmailKey;
  const person = known(
    {
      hubspot: sighting("hubspot", { id: `h${number}`, email }),
      klaviyo: sighting("klaviyo", { id: `k${number}`, email: `p${number}@example.com` as EmailKey }),
    },
    {
      link: { id: BigInt(number) },
      ...more,
      taken: {
        hubspot: null,
        klaviyo: { id: `k${(number + 1) % of}`, email, linkedTo: null, stepsAside: number === 0 },
      },
    },
  );
  const nothing = { merged: [], operations: [], problems: [], state: "waiting", reason: "" } as const;
  return { known: person, ...nothing, waits: "address", ...parts };
}

/** Tandem wrote this address and another one in turns, five times in the last hour. */
function backAndForth(email: string): readonly PastWrite[] {
  return [0, 1, 2, 3, 4].map((index) => {
    const [after, before] = index % 2 === 0 ? [email, "old@example.com"] : ["old@example.com", email];
    const ageMs = (5 - index) * 600_000;
    return { field: "email", before, after, at: "2026-11-01T08:00:00.000Z", ageMs, run: String(index) };
  });
}

const three = [0, 1, 2].map((number) => waiting(number, 3));
const replaced = (number: number, plan: ContactPlan): readonly ContactPlan[] => three.with(number, plan);
const optOut = { kind: "opt_out", side: "klaviyo", id: "k", from: { kind: "all" } } as const;

test("the first of a circle makes room once all of them wait for nothing but an address", () => {
  expect([...whoMayMakeRoom(three)]).toEqual([0n]);
});

test.each([0, 1, 2])("nobody makes room while number %s of the circle waits for something else", (number) => {
  const size = three.length;
  for (const plan of [
    waiting(number, size, { waits: "opt_out" }),
    waiting(number, size, { operations: [optOut] }),
    waiting(number, size, {}, { optingOut: true }),
    waiting(number, size, {}, { writes: backAndForth(`p${(number + 1) % size}@example.com`) }),
  ])
    expect([...whoMayMakeRoom(replaced(number, plan))]).toEqual([]);
  expect([...whoMayMakeRoom(three.toSpliced(number, 1))]).toEqual([]);
});
