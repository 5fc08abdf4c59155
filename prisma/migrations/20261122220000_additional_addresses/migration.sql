-- Few contacts have additional addresses: an index of those alone is found whatever the planner knows of the table.

DROP INDEX "sighting_other_emails_idx";
CREATE INDEX "sighting_with_other_emails_idx" ON "sighting" ("connection_id", "side") WHERE "other_emails" <> '{}';
