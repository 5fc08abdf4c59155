-- History is removed a run at a time, so what belongs to a run is found by its run.
ALTER TABLE "run" ADD COLUMN "raw_kept" BOOLEAN NOT NULL DEFAULT true;
CREATE INDEX "run_with_raw" ON "run" ("connection_id", "started_at") WHERE "raw_kept";
CREATE INDEX "conflict_of_run" ON "conflict" ("run_id");
CREATE INDEX "hold_of_run" ON "hold" ("run_id");
