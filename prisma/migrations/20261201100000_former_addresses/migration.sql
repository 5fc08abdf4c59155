-- HubSpot keeps consent with the email address. An opt-out that a contact made shortly before its address changed shows in
-- the contact no more, so the alias of an address that a linked contact left says that its consent is still to be read.
ALTER TABLE link_alias ADD COLUMN consent_unread boolean NOT NULL DEFAULT false;

CREATE INDEX link_alias_consent_unread ON link_alias (connection_id) WHERE consent_unread;

CREATE FUNCTION note_left_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO link_alias (link_id, connection_id, email_key, side, since, consent_unread)
  VALUES (OLD.link_id, OLD.connection_id, OLD.email_key, 'hubspot', OLD.seen_at, true)
  ON CONFLICT (link_id, email_key, side) DO UPDATE SET consent_unread = true;
  RETURN NULL;
END
$$;

CREATE TRIGGER sighting_left_address AFTER UPDATE OF email_key ON sighting FOR EACH ROW
  WHEN (OLD.side = 'hubspot' AND OLD.link_id IS NOT NULL AND OLD.email_key IS DISTINCT FROM NEW.email_key AND OLD.email_key IS NOT NULL)
  EXECUTE FUNCTION note_left_address();
