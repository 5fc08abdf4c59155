-- What tells a fight over a field from a value that is refused again and again, and when a person last asked to try again.

ALTER TABLE "journal" ADD COLUMN "refused_fields" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "link" ADD COLUMN "retried_at" TIMESTAMPTZ(3);
