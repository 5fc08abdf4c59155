-- What an upgrade did to the links is told once, by the first command after it, and stays among the runs.
ALTER TABLE "run" ADD COLUMN "untold" BOOLEAN NOT NULL DEFAULT false;

UPDATE "run" SET
  "untold" = true,
  "note" = CASE (counts ->> 'repaired')::int
             WHEN 1 THEN '1 link was repaired'
             ELSE (counts ->> 'repaired') || ' links were repaired'
           END || ' after changed email addresses and merges. Nothing was written to HubSpot or Klaviyo.'
WHERE kind = 'upgrade' AND (counts ->> 'repaired')::int > 0;
