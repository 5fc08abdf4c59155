-- HubSpot keeps consent with the email address. An opt-out that a contact made shortly before its address changed shows in
-- the contact no more, so each address that a linked contact leaves is an alias whose consent is still to be read.
ALTER TABLE link_alias ADD COLUMN consent_read_at timestamptz(3);

CREATE INDEX link_alias_consent_unread ON link_alias (connection_id) WHERE side = 'hubspot' AND consent_read_at IS NULL;

CREATE FUNCTION keep_former_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO link_alias (link_id, connection_id, email_key, side, since, until)
  VALUES (OLD.link_id, OLD.connection_id, OLD.email_key, 'hubspot', OLD.seen_at, greatest(now(), OLD.seen_at))
  ON CONFLICT (link_id, email_key, side) DO UPDATE SET until = excluded.until, consent_read_at = NULL;
  RETURN NULL;
END
$$;

CREATE TRIGGER keep_former_address AFTER UPDATE OF email_key ON sighting FOR EACH ROW
  WHEN (OLD.side = 'hubspot' AND OLD.link_id IS NOT NULL AND OLD.email_key IS DISTINCT FROM NEW.email_key AND OLD.email_key IS NOT NULL)
  EXECUTE FUNCTION keep_former_address();
