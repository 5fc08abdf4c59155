import { describe, expect, test } from "vitest";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { MakeHarness } from "./harness.ts";
import { live, requested, using } from "./using-harness.ts";
import { contactOf, operationsFor, write } from "./writing.ts";
import { OPEN_GATE } from "../support/open-gate.ts";

/** What a write tells that ends before everything was tried. */
export function stoppedWriteContract(makeHarness: MakeHarness): void {
  describe("a write that is stopped", () => {
    test.each([0, 1])(
      "that is forbidden after %d requests says what was done, and that the rest was not",
      (skip) =>
        using(makeHarness, async (harness) => {
          const operations = operationsFor(harness);
          const { text } = harness.properties;
          const [list] = harness.lists;
          const one = await harness.user.create("one@example.com", { [text]: "old" }, []);
          const two = await harness.user.create("two@example.com", {}, []);
          await harness.pass();
          harness.forbidWrites(skip);
          const { results, stoppedBy } = await harness.connector.contacts.write(
            [
              operations.update(one, "one@example.com", { [text]: "new" }),
              operations.member("add_to_list", two, list),
            ],
            requested(harness),
            OPEN_GATE,
            live(),
          );
          expect(stoppedBy?.reason).toBeInstanceOf(SystemUnavailable);
          const expected = skip === 0 ? ["not_sent", "not_sent"] : ["done", "not_sent"];
          expect(results.map(({ outcome }) => outcome)).toEqual(expected);
          const shown = (await contactOf(harness, "one@example.com"))?.values[text];
          expect(shown).toBe(skip === 0 ? "old" : "new");
          expect(await harness.user.members(list)).toEqual([]);
        })(),
    );

    test(
      "of nothing does nothing, and an aborted one neither",
      using(makeHarness, async (harness) => {
        expect(await write(harness, [])).toEqual([]);
        const create = operationsFor(harness).create("never@example.com", {});
        const stopped = AbortSignal.abort(new Error("stopped"));
        const answer = await harness.connector.contacts.write([create], [], OPEN_GATE, stopped);
        expect(answer).toEqual({ results: [{ outcome: "not_sent" }], stoppedBy: { reason: stopped.reason } });
        expect(await contactOf(harness, "never@example.com")).toBeUndefined();
      }),
    );
  });
}
