-- A command that only reads lends its lease to the consent lane of another process, which gives it back.
ALTER TABLE "lease"
  -- The holder that lent it; while that is the holder itself, nobody has borrowed it yet.
  ADD COLUMN "lent_by" TEXT,
  -- When a consent lane last found it taken.
  ADD COLUMN "wanted_at" TIMESTAMPTZ(3);
