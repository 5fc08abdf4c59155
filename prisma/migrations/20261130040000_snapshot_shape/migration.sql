-- Every snapshot knows with which properties, types, option tables and transforms it was read. Those that exist do not:
-- the next run reads every linked contact again.
ALTER TABLE "sighting" ADD COLUMN "shape" TEXT NOT NULL DEFAULT '';

-- When the side last showed the whole contact; null for one that Tandem made and has not read since.
ALTER TABLE "sighting" ADD COLUMN "read_at" TIMESTAMPTZ(3);
UPDATE "sighting" SET "read_at" = "seen_at";

CREATE INDEX "sighting_shape" ON "sighting"("connection_id", "side", "shape");
CREATE INDEX "sighting_read" ON "sighting"("connection_id", "side", "read_at");
