-- The additional addresses of a contact, by which another profile may claim it.

ALTER TABLE "sighting" ADD COLUMN "other_emails" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
CREATE INDEX "sighting_other_emails_idx" ON "sighting" USING GIN ("other_emails");
