-- A clicked link is kept without its query string: shops put email addresses and tokens there. What is left does not tell
-- two links of one page apart, so ids made of the whole link stay beside it, and a click that was told is not told again.
ALTER TABLE engagement ADD COLUMN link_id uuid;
ALTER TABLE engagement ADD COLUMN link_entry_id uuid;

-- As `idOf` in src/engagement/occurrence.ts makes it of a name.
CREATE FUNCTION pg_temp.id_of(name text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (substr(hex, 1, 12) || '5' || substr(hex, 14, 3) || to_hex((get_byte(digest, 8) & 63) | 128)
          || substr(hex, 19, 14))::uuid
  FROM (SELECT digest, encode(digest, 'hex') AS hex FROM sha256(convert_to(name, 'UTF8')) AS digest) AS hashed
$$;

-- As `occurrence` in the same file writes the first click of one person, or on one contact, on one link of one message.
CREATE FUNCTION pg_temp.click(message text, event_id text, whose text, url text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT '["clicked",' || CASE WHEN message IS NULL THEN '"event",' || to_json(event_id)::text
                               ELSE '"message",' || to_json(message)::text END
         || ',' || to_json(whose)::text || ',' || to_json(url)::text || ']'
$$;

-- As `withoutQuery` in src/model/clicked-link.ts.
CREATE FUNCTION pg_temp.without_query(url text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT path || CASE WHEN fragment ~ '[=&]' OR fragment ~ '^[A-Za-z0-9_.:-]*$' THEN '' ELSE '#' || fragment END
  FROM (SELECT split_part(split_part(url, '#', 1), '?', 1) AS path,
               CASE WHEN strpos(url, '#') = 0 THEN ''
                    ELSE split_part(substr(url, strpos(url, '#') + 1), '?', 1) END AS fragment) AS parts
$$;

UPDATE engagement
SET url = pg_temp.without_query(url),
    link_id = pg_temp.id_of(url),
    link_entry_id = pg_temp.id_of(pg_temp.click(message, event_id, coalesce(person, email, event_id), url)),
    -- Made of the whole link where each link of a message is shown once: then, and only then, it has this value.
    shown_id = CASE WHEN shown_id = pg_temp.id_of(pg_temp.click(message, event_id, contact, url))
                    THEN pg_temp.id_of(pg_temp.click(message, event_id, contact, pg_temp.id_of(url)::text))
                    ELSE shown_id END
WHERE kind = 'clicked' AND url ~ '[?#]' AND pg_temp.without_query(url) <> url;
