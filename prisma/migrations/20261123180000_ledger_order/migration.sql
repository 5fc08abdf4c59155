-- The last entry is found by its index. Where the ledger is small or new the planner would rather read the whole table, and
-- that for every row: 25,000 refusals of a first look took minutes, each of them longer than the one before.
ALTER FUNCTION consent_ledger_chain() SET enable_seqscan TO off;
ALTER FUNCTION consent_ledger_chain() SET enable_bitmapscan TO off;
