import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import { addHeldChanges, openHold, sealHold } from "../../src/store/runs/holds.ts";
import { rememberMapping } from "../../src/store/runs/mapping-versions.ts";
import { recordChangedConsent } from "../../src/store/consent/record-consent.ts";
import type { Store } from "../../src/store/database/store.ts";

const RUNS = 5_000;
const CONFLICTS = 20_000;
const EVENTS = 100_000;
const HELD = 5_000;

/** What the pages beside Errors and Contacts show: runs, conflicts, consent, engagement, a mapping and what is held. */
export async function fillPages(store: Store): Promise<void> {
  const { statements, connectionId } = store;
  const text = demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2");
  await rememberMapping(store, "h1", `${text}# before\n`, new Date());
  await rememberMapping(store, "h2", text, new Date());
  await statements.$executeRaw`
    INSERT INTO run (connection_id, kind, trigger, result, started_at, finished_at, counts)
    SELECT ${connectionId}, (ARRAY['contacts', 'engagement', 'consent'])[1 + n % 3], 'schedule', 'finished',
           now() - make_interval(mins => n * 5), now() - make_interval(mins => n * 5), '{"read": 12, "updated": 3}'
    FROM generate_series(1, ${RUNS}::int) AS n`;
  await statements.$executeRaw`
    UPDATE sighting SET
      verdict = CASE WHEN link_id % 40 = 7 THEN 'by_choice' WHEN link_id % 50 = 3 THEN 'by_fact' ELSE 'none' END,
      verdict_reason = '',
      consent_state = CASE WHEN link_id % 40 = 7 THEN 'opted out' WHEN link_id % 50 = 3 THEN 'suppressed'
                           WHEN link_id % 3 = 1 THEN 'never subscribed' ELSE 'subscribed' END,
      consent = jsonb_build_object(
      'status', (ARRAY['subscribed', 'never_subscribed', 'subscribed', 'unsubscribed'])[CASE WHEN link_id % 40 = 7 THEN 4 ELSE 1 + (link_id % 3)::int END],
      'suppressions', CASE WHEN link_id % 50 = 3 THEN '[{"reason": "HARD_BOUNCE", "at": "2026-01-01T00:00:00Z"}]'::jsonb
                           ELSE '[]'::jsonb END, 'listSuppressions', '[]'::jsonb, 'optedOutTypes', '[]'::jsonb, 'sms', NULL)
    WHERE connection_id = ${connectionId}`;
  const run = await statements.run.findFirstOrThrow({ where: { connectionId, kind: "contacts" } });
  await recordChangedConsent(store, run.id, new Date());
  await statements.$executeRaw`
    INSERT INTO conflict (link_id, run_id, field, kind, winner, won, lost, at)
    SELECT n, ${run.id}, 'city:location.city:text', 'changed_on_both', CASE n % 3 WHEN 0 THEN 'klaviyo' ELSE 'hubspot' END,
           '"a"', '"b"', now() - make_interval(mins => n)
    FROM generate_series(1, ${CONFLICTS}::int) AS n`;
  const stream = { connectionId, kind: "opened", channel: "email", floor: new Date(0) };
  for (const metricId of ["M1", "M2"])
    await statements.engagementStream.create({ data: { ...stream, metricId, name: metricId } });
  await statements.$executeRaw`
    INSERT INTO engagement (connection_id, event_id, metric_id, kind, channel, at, source_kind, by_machine, seen_at, fate)
    SELECT ${connectionId}, 'e' || n, 'M' || 1 + n % 2, 'opened', 'email', now() - make_interval(mins => n), 'flow', false, now(),
           (ARRAY['recorded', 'repeat', 'machine', 'unknown'])[1 + n % 4]
    FROM generate_series(1, ${EVENTS}::int) AS n`;
  const exceeded = [
    { side: "klaviyo", action: "updates", planned: HELD, allowed: 500, collection: null },
  ] as const;
  const hold = await openHold(store, run.id, exceeded, new Date());
  const rows = Array.from({ length: HELD }, (_, index) => ({
    digest: String(index).padStart(32, "0"),
    words: JSON.stringify([
      `person${index}@example.com`,
      "klaviyo",
      "update",
      [["city:location.city:text", "b"]],
    ]),
  }));
  await addHeldChanges(store, hold, rows);
  await sealHold(store, hold);
}
