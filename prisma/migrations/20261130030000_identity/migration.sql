-- A link is under the address that its contacts show now; every other address it ever had is an alias.

ALTER TABLE link
  -- Its address belongs to another link by now: this one is found by it only where nobody else has it.
  ADD COLUMN passed boolean NOT NULL DEFAULT false,
  -- The side whose contact was merged into the contact of the link `parted_to`. Nothing is made there for this one.
  ADD COLUMN parted_on text CHECK (parted_on IN ('hubspot', 'klaviyo')),
  ADD COLUMN parted_to bigint REFERENCES link (id) ON DELETE SET NULL;

DROP INDEX link_connection_id_email_key_key;
CREATE UNIQUE INDEX link_email_key_now ON link (connection_id, email_key) WHERE NOT passed;
CREATE INDEX link_email_key_ever ON link (connection_id, email_key);
CREATE INDEX link_parted_to ON link (parted_to) WHERE parted_to IS NOT NULL;

CREATE TABLE link_alias (
  link_id       bigint NOT NULL REFERENCES link (id) ON DELETE CASCADE,
  connection_id int NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  email_key     text NOT NULL,
  -- The side that showed it; `both`: the link was under it.
  side          text NOT NULL CHECK (side IN ('hubspot', 'klaviyo', 'both')),
  since         timestamptz(3) NOT NULL,
  -- NULL while it still has it.
  until         timestamptz(3),
  PRIMARY KEY (link_id, email_key, side)
);
CREATE INDEX link_alias_email_key ON link_alias (connection_id, email_key);

-- Every address that a linked contact shows besides its link's own. A trigger, because whatever stores a contact, or links
-- it, must not lose the address it had: somebody may have opted out under it.
CREATE FUNCTION note_aliases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO link_alias (link_id, connection_id, email_key, side, since)
  SELECT DISTINCT shown.link_id, shown.connection_id, address, shown.side, shown.seen_at
  FROM fresh AS shown JOIN link ON link.id = shown.link_id
  CROSS JOIN LATERAL unnest(shown.other_emails || shown.email_key) AS address
  WHERE address IS NOT NULL AND address <> link.email_key
  ON CONFLICT (link_id, email_key, side) DO UPDATE SET until = NULL WHERE link_alias.until IS NOT NULL;
  RETURN NULL;
END $$;
CREATE FUNCTION end_aliases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE link_alias SET until = shown.seen_at
  FROM stale JOIN fresh AS shown USING (connection_id, side, external_id)
  WHERE link_alias.link_id = stale.link_id AND link_alias.side = stale.side AND link_alias.until IS NULL
    AND (stale.email_key IS DISTINCT FROM shown.email_key OR stale.other_emails <> shown.other_emails)
    AND link_alias.email_key <> ALL (array_remove(shown.other_emails || shown.email_key, NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER sighting_aliases_made AFTER INSERT ON sighting REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION note_aliases();
CREATE TRIGGER sighting_aliases_changed AFTER UPDATE ON sighting REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION note_aliases();
CREATE TRIGGER sighting_aliases_ended AFTER UPDATE ON sighting REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION end_aliases();

-- As the ledger names a link's person: under each address they have or had.
CREATE FUNCTION link_subjects(which bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(DISTINCT consent_subject(email_key))
  FROM (SELECT email_key FROM link WHERE id = which UNION SELECT email_key FROM link_alias WHERE link_id = which) AS known
$$;

-- Does somebody other than this link have the address now?
CREATE FUNCTION is_passed_on(connection int, address text, from_link bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM sighting
                 WHERE sighting.connection_id = connection AND sighting.side IN ('hubspot', 'klaviyo')
                   AND sighting.email_key = address AND sighting.link_id IS DISTINCT FROM from_link)
    AND NOT EXISTS (SELECT FROM sighting
                    WHERE sighting.link_id = from_link AND (sighting.email_key = address OR address = ANY (other_emails)))
$$;

-- Of links whose contacts have each other's addresses: is this the one that steps aside on `target`, so that the others
-- can have theirs? The first of them by number. Rotations of more than eight people are left to a person.
CREATE FUNCTION steps_aside(first bigint, target text) RETURNS boolean LANGUAGE sql STABLE AS $$
  WITH RECURSIVE step AS (
    SELECT first AS link_id, 0 AS depth
    UNION ALL
    SELECT holder.link_id, step.depth + 1
    FROM step
    JOIN sighting AS source ON source.link_id = step.link_id AND source.side <> target
    JOIN sighting AS holder ON holder.connection_id = source.connection_id AND holder.side = target
     AND holder.email_key = source.email_key AND holder.link_id <> step.link_id
    WHERE step.depth < 8 AND (step.depth = 0 OR step.link_id <> first)
  )
  SELECT EXISTS (SELECT FROM step WHERE depth > 1 AND link_id = first)
     AND NOT EXISTS (SELECT FROM step WHERE link_id < first)
$$;
