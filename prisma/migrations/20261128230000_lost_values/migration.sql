-- The values that an operation lets lose stand with it, so that they are kept however its answer comes to be known.

ALTER TABLE "journal" ADD COLUMN "lost" JSONB NOT NULL DEFAULT '{}';
