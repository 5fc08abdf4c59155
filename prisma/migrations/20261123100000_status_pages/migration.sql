-- What the pages of the status page ask for beside the errors: who paused, who wants a run, how far one has come.

-- A person paused a connection: no run of fields or engagement begins until it is over. Refusals go on.
ALTER TABLE connection
  ADD COLUMN paused_at     timestamptz(3),
  ADD COLUMN paused_by     text,
  ADD COLUMN paused_reason text,
  ADD COLUMN paused_until  timestamptz(3),
  -- Somebody wants a run now; whichever process has the lanes takes it.
  ADD COLUMN sync_asked_at timestamptz(3),
  ADD COLUMN sync_asked_by text,
  ADD CONSTRAINT connection_paused_with_reason
    CHECK (paused_at IS NULL OR (paused_by IS NOT NULL AND paused_reason <> '')),
  ADD CONSTRAINT connection_sync_asked_by CHECK ((sync_asked_at IS NULL) = (sync_asked_by IS NULL));

-- Of a run under way: which step, how far, since when.
ALTER TABLE run ADD COLUMN progress jsonb;

-- What a side last told of itself and its limits, for pages in another process than the lanes.
CREATE TABLE side_note (
  connection_id int NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  side          text NOT NULL CHECK (side IN ('hubspot', 'klaviyo')),
  note          jsonb NOT NULL,
  told_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, side)
);

-- The pages of one run's changes, of all conflicts, and of the ledger are read in their order.
DROP INDEX journal_run_id_idx;
CREATE INDEX journal_of_run ON journal (run_id, sent_at, trace_id);
CREATE INDEX conflict_latest ON conflict (at DESC, id DESC);
CREATE INDEX consent_ledger_at ON consent_ledger (connection_id, kind, at);
CREATE INDEX run_of_kind ON run (connection_id, kind, started_at DESC);
CREATE INDEX link_waiting_longest ON link (connection_id, dirty_since) WHERE dirty_since IS NOT NULL;
