import { describe, expect, it } from "vitest";
import { key } from "../../support/email.ts";
import { live } from "./rehearsal.ts";
import { stub } from "./stub.ts";

const T = (minute: number): string => new Date(Date.UTC(2026, 5, 15, 9, minute)).toISOString();
const version = (minute: number, value: string) => ({ timestamp: T(minute), value, sourceType: "CRM_UI" });
type Version = ReturnType<typeof version>;

async function formerOptOuts(history: Readonly<Record<string, readonly Version[]>>) {
  const { connector, calls } = await stub(({ body }) => {
    const { inputs } = body as { readonly inputs: readonly { readonly id: string }[] };
    const record = (id: string) => ({
      id,
      properties: { email: "new@example.com" },
      propertiesWithHistory: history,
      createdAt: T(0),
      updatedAt: T(9),
    });
    return { status: 200, body: { results: inputs.map(({ id }) => record(id)) } };
  }, {});
  const read = connector.consent.formerOptOuts;
  const found = await read?.([{ id: "1", email: key("old@example.com") }], live());
  return { status: found?.optOuts[0]?.consent.status ?? null, requests: calls.length };
}

const renamed = (minute: number) => [version(minute, "new@example.com"), version(0, "old@example.com")];

describe("HubSpot's opt-outs under an address that a contact has left", () => {
  it.each<{
    readonly case: string;
    readonly email: readonly Version[];
    readonly out: readonly Version[];
    readonly status: string | null;
  }>([
    {
      case: "made and left",
      email: renamed(3),
      out: [version(3, ""), version(2, "true")],
      status: "unsubscribed",
    },
    {
      case: "made and left in one moment",
      email: renamed(2),
      out: [version(2, ""), version(2, "true")],
      status: "unsubscribed",
    },
    {
      case: "kept by HubSpot after it",
      email: renamed(3),
      out: [version(2, "true")],
      status: "unsubscribed",
    },
    { case: "taken back before", email: renamed(3), out: [version(2, ""), version(1, "true")], status: null },
    {
      case: "made afterwards, under the next address",
      email: renamed(3),
      out: [version(4, "true"), version(3, "")],
      status: null,
    },
    {
      case: "of an address that the history does not name",
      email: [version(0, "new@example.com")],
      out: [version(1, "true")],
      status: null,
    },
    {
      case: "of an address before the last one",
      email: [
        version(5, "new@example.com"),
        version(3, "between@example.com"),
        version(0, "OLD@example.com"),
      ],
      out: [version(3, ""), version(1, "true")],
      status: "unsubscribed",
    },
    { case: "without any history", email: [], out: [], status: null },
  ])("$case: $status", async ({ email, out, status }) => {
    const found = await formerOptOuts({ email, hs_email_optout: out });
    expect(found).toEqual({ status, requests: 1 });
  });
});
