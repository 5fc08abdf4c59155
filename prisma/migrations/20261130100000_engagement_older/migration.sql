-- A larger `engagement.backfill` reads what is older than the first back-fill: from where, since when it was asked for, and
-- where its reading continues. `floor` moves back once all of it is read.
ALTER TABLE engagement_stream
  ADD COLUMN older_from timestamptz(3),
  ADD COLUMN older_since timestamptz(3),
  ADD COLUMN older_cursor text,
  ADD COLUMN older_cursor_at timestamptz(3),
  ADD CONSTRAINT engagement_stream_older_check CHECK (
    (older_from IS NULL AND older_since IS NULL AND older_cursor IS NULL AND older_cursor_at IS NULL)
    OR (older_from < floor AND older_since IS NOT NULL AND (older_cursor IS NULL) = (older_cursor_at IS NULL)));
