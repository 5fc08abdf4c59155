import { storeOf } from "../../src/store/database/store.ts";
import { expect, test } from "vitest";
import type { Consent } from "../../src/model/consent.ts";
import { consentState, plainConsent, verdictOf } from "../../src/model/consent.ts";
import { verifyLedger } from "../../src/consent/verify-ledger.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { verdictOfEntry } from "../../src/store/consent/consent-ledger.ts";
import { migrate } from "../../src/store/database/migrate.ts";
import { sealing } from "../../src/store/chains/seals.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
const AT = "2026-02-21T10:00:00Z";
const REASONS = [
  "HARD_BOUNCE",
  "INVALID_EMAIL",
  "UNSUBSCRIBE",
  "SPAM_COMPLAINT",
  "USER_SUPPRESSED",
  "OF_TOMORROW",
];
const SUPPRESSED = [
  [],
  ...REASONS.map((one) => [one]),
  ["HARD_BOUNCE", "SPAM_COMPLAINT"],
  ["HARD_BOUNCE", "INVALID_EMAIL"],
];

/** Every consent that a snapshot may have, as far as it decides. */
const CONSENTS: readonly Consent[] = (["subscribed", "unsubscribed", "never_subscribed"] as const).flatMap(
  (status) =>
    SUPPRESSED.flatMap((reasons) =>
      [[], ["7"]].map((optedOutTypes) => ({
        ...plainConsent(status),
        suppressions: reasons.map((reason) => ({ reason, at: AT })),
        optedOutTypes,
      })),
    ),
);

/** What an earlier version had left: no column of a verdict, and consent states that the database made. */
async function asBefore({ database }: FreshDatabase): Promise<void> {
  await database.$executeRaw`ALTER TABLE consent_ledger DROP COLUMN verdict`;
  await database.$executeRaw`ALTER TABLE sighting DROP COLUMN verdict, DROP COLUMN verdict_reason, DROP COLUMN consent_state`;
  await database.$executeRaw`CREATE FUNCTION consent_state(side text, consent jsonb) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT 'made by the database' $$`;
  await database.$executeRaw`
    ALTER TABLE sighting ADD COLUMN consent_state text GENERATED ALWAYS AS (consent_state(side, consent)) STORED`;
  await database.$executeRaw`CREATE INDEX sighting_opted_out ON sighting (connection_id) WHERE consent IS NOT NULL`;
  await database.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_consent_verdict'`;
}

/** Evidence of every shape that the ledger ever got. */
const EVIDENCE: readonly (readonly [kind: string, evidence: object])[] = [
  ...CONSENTS.map((consent) => ["opted_out", consent] as const),
  ...CONSENTS.map((was) => ["opted_out", { address: "another of this person", was }] as const),
  ["opted_out", { met: true, event: "e1", at: AT }],
  ["opted_out", { address: "another of this person", was: { met: true, event: "e1" } }],
  ["opted_out", {}],
  ["opted_in", plainConsent("subscribed")],
  ["first_opted_in", plainConsent("subscribed")],
  ["carried", { from: { kind: "all" }, because: plainConsent("unsubscribed") }],
  ["blocked", { because: "suppressed in Klaviyo: HARD_BOUNCE" }],
];

test("the migration gives every stored consent and entry the verdict that is made of it today", async () => {
  const fresh = await freshDatabase();
  try {
    const { database } = fresh;
    await asBefore(fresh);
    const { connectionId } = await openStore(database, "acme");
    const shown = [...CONSENTS, null];
    for (const [index, consent] of shown.entries())
      await database.$executeRaw`
        INSERT INTO sighting (connection_id, side, external_id, fields, unreadable, consent, digest, created_at, updated_at, seen_at)
        VALUES (${connectionId}, 'klaviyo', ${String(index)}, '{}', '{}', NULLIF(${JSON.stringify(consent)}::jsonb, 'null'),
                '', now(), now(), now())`;
    for (const [kind, evidence] of EVIDENCE)
      await sealing(
        storeOf(database, connectionId),
        "consent",
        ({ statements }) => statements.$executeRaw`
        INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, evidence, run_id, at)
        VALUES (${connectionId}, consent_subject('jo@example.com'), 'email', ${kind}, 'klaviyo', ${JSON.stringify(evidence)}::jsonb, 1, now())`,
      );

    expect(await migrate(fresh.url)).toHaveLength(1);
    for (const [index, consent] of shown.entries()) {
      const row = await database.sighting.findFirstOrThrow({ where: { externalId: String(index) } });
      const made = consent === null ? null : verdictOf(consent);
      const { verdict, verdictReason, consentState: state } = row;
      expect([consent, verdict, verdictReason, state]).toEqual([
        consent,
        made?.verdict ?? null,
        made?.reason ?? null,
        consentState(consent),
      ]);
    }
    const entries = await database.consentEntry.findMany({ orderBy: { seq: "asc" } });
    expect(entries).toHaveLength(EVIDENCE.length);
    for (const { kind, evidence, verdict } of entries)
      expect([kind, evidence, verdict]).toEqual([
        kind,
        evidence,
        verdictOfEntry({ kind: kind as never, evidence }),
      ]);
    // No hash and no seal was touched by it.
    expect(await verifyLedger(database)).toMatchObject({ entries: EVIDENCE.length, broken: null });
  } finally {
    await fresh.drop();
  }
});

test("a consent is not stored without its verdict, and a verdict that was changed past Tandem breaks the ledger", async () => {
  const fresh = await freshDatabase();
  try {
    const { database } = fresh;
    const { connectionId } = await openStore(database, "acme");
    await expect(database.$executeRaw`
      INSERT INTO sighting (connection_id, side, external_id, fields, unreadable, consent, digest, created_at, updated_at, seen_at)
      VALUES (${connectionId}, 'klaviyo', '1', '{}', '{}', '{"status": "unsubscribed"}', '', now(), now(), now())`).rejects.toThrow(
      /sighting_consent_has_verdict/,
    );
    const evidence = JSON.stringify(plainConsent("unsubscribed"));
    await sealing(
      storeOf(database, connectionId),
      "consent",
      ({ statements }) => statements.$executeRaw`
      INSERT INTO consent_ledger (connection_id, subject, channel, kind, side, verdict, evidence, run_id, at)
      VALUES (${connectionId}, consent_subject('jo@example.com'), 'email', 'opted_out', 'klaviyo', 'by_choice', ${evidence}::jsonb, 1, now())`,
    );
    expect((await verifyLedger(database)).broken).toBe(null);
    await database.$executeRaw`ALTER TABLE consent_ledger DISABLE TRIGGER USER`;
    await database.$executeRaw`UPDATE consent_ledger SET verdict = 'by_fact'`;
    expect((await verifyLedger(database)).broken).toMatchObject({ seq: 1n });
  } finally {
    await fresh.drop();
  }
});

test.each([
  ["subscribed", [], "none", ""],
  ["never_subscribed", [], "none", ""],
  ["unsubscribed", ["HARD_BOUNCE"], "by_choice", "unsubscribed"],
  ["subscribed", ["HARD_BOUNCE"], "by_fact", "HARD_BOUNCE"],
  ["subscribed", ["HARD_BOUNCE", "USER_SUPPRESSED"], "by_choice", "USER_SUPPRESSED"],
  ["subscribed", ["OF_TOMORROW"], "by_choice", "OF_TOMORROW"],
] as const)("%s with %j is %s: %s", (status, reasons, verdict, reason) => {
  const suppressions = reasons.map((one) => ({ reason: one, at: AT }));
  expect(verdictOf({ status, suppressions })).toEqual({ verdict, reason });
});
