-- A session is worth what its credential is worth today: how somebody signed in, and a keyed hash of what they signed in
-- with. Sessions from before have neither, so they end.
UPDATE web_session SET ended_at = now() WHERE ended_at IS NULL;
ALTER TABLE web_session
  ADD COLUMN id    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  ADD COLUMN way   text NOT NULL DEFAULT 'unknown' CHECK (way IN ('unknown', 'admin', 'users', 'oidc')),
  ADD COLUMN proof text NOT NULL DEFAULT '';
ALTER TABLE web_session
  ALTER COLUMN way DROP DEFAULT,
  ALTER COLUMN proof DROP DEFAULT,
  ADD CONSTRAINT web_session_known_way CHECK (way <> 'unknown' OR ended_at IS NOT NULL);
