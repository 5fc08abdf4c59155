-- When each side came to hold the values that it shows, for fields whose newest value wins.

ALTER TABLE "sighting" ADD COLUMN "edited" JSONB NOT NULL DEFAULT '{}';
