-- Sightings, links and everything the contact flow remembers.

CREATE TABLE "connection" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "hubspot_account" TEXT,
    "klaviyo_account" TEXT,
    "mapping_hash" TEXT,
    "mapping_version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "connection_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "connection_name_key" ON "connection"("name");

CREATE TABLE "link" (
    "id" BIGSERIAL NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "email_key" TEXT NOT NULL,
    "hubspot_id" TEXT,
    "klaviyo_id" TEXT,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "reason" TEXT NOT NULL DEFAULT '',
    "base" JSONB NOT NULL DEFAULT '{}',
    "lists" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
    "dirty_since" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),
    "refused" JSONB NOT NULL DEFAULT '{}',
    "hubspot_sought" TIMESTAMPTZ(3),
    "klaviyo_sought" TIMESTAMPTZ(3),
    "deleted_on" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),
    CONSTRAINT "link_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "link_state_check" CHECK ("state" IN ('in_sync', 'waiting', 'failing', 'excluded', 'ignored')),
    CONSTRAINT "link_deleted_on_check" CHECK ("deleted_on" IN ('hubspot', 'klaviyo'))
);
CREATE UNIQUE INDEX "link_connection_id_email_key_key" ON "link"("connection_id", "email_key");
CREATE UNIQUE INDEX "link_connection_id_hubspot_id_key" ON "link"("connection_id", "hubspot_id");
CREATE UNIQUE INDEX "link_connection_id_klaviyo_id_key" ON "link"("connection_id", "klaviyo_id");
CREATE INDEX "link_connection_id_state_idx" ON "link"("connection_id", "state");
CREATE INDEX "link_dirty" ON "link"("connection_id", "id") WHERE "dirty_since" IS NOT NULL;
CREATE INDEX "link_retry" ON "link"("connection_id", "retry_at") WHERE "retry_at" IS NOT NULL;
CREATE INDEX "link_half" ON "link"("connection_id", "id") WHERE "hubspot_id" IS NULL OR "klaviyo_id" IS NULL;

CREATE TABLE "sighting" (
    "connection_id" INTEGER NOT NULL,
    "side" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "email_key" TEXT,
    "shown_email" TEXT,
    "fields" JSONB NOT NULL,
    "unreadable" JSONB NOT NULL,
    "consent" JSONB,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "link_id" BIGINT,
    CONSTRAINT "sighting_pkey" PRIMARY KEY ("connection_id", "side", "external_id"),
    CONSTRAINT "sighting_side_check" CHECK ("side" IN ('hubspot', 'klaviyo'))
);
CREATE UNIQUE INDEX "sighting_link_id_side_key" ON "sighting"("link_id", "side");
CREATE INDEX "sighting_connection_id_side_email_key_idx" ON "sighting"("connection_id", "side", "email_key");
CREATE INDEX "sighting_unlinked" ON "sighting"("connection_id", "email_key") WHERE "link_id" IS NULL AND "email_key" IS NOT NULL;

CREATE TABLE "member" (
    "connection_id" INTEGER NOT NULL,
    "side" TEXT NOT NULL,
    "collection" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "scan" TEXT,
    "absences" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "member_pkey" PRIMARY KEY ("connection_id", "side", "collection", "external_id"),
    CONSTRAINT "member_side_check" CHECK ("side" IN ('hubspot', 'klaviyo'))
);
CREATE INDEX "member_connection_id_side_external_id_idx" ON "member"("connection_id", "side", "external_id");

CREATE TABLE "run" (
    "id" BIGSERIAL NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "result" TEXT NOT NULL DEFAULT 'running',
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "counts" JSONB NOT NULL DEFAULT '{}',
    "note" TEXT NOT NULL DEFAULT '',
    CONSTRAINT "run_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "run_result_check" CHECK ("result" IN ('running', 'finished', 'finished_with_errors', 'held', 'stopped'))
);
CREATE INDEX "run_connection_id_started_at_idx" ON "run"("connection_id", "started_at");

CREATE TABLE "journal" (
    "trace_id" UUID NOT NULL,
    "link_id" BIGINT NOT NULL,
    "run_id" BIGINT NOT NULL,
    "side" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "before" JSONB NOT NULL,
    "after" JSONB NOT NULL,
    "source" JSONB NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'sent',
    "sent_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "problem" JSONB,
    CONSTRAINT "journal_pkey" PRIMARY KEY ("trace_id"),
    CONSTRAINT "journal_outcome_check" CHECK ("outcome" IN ('sent', 'done', 'refused', 'exists', 'gone', 'superseded'))
);
CREATE INDEX "journal_link_id_sent_at_idx" ON "journal"("link_id", "sent_at");
CREATE INDEX "journal_run_id_idx" ON "journal"("run_id");
-- Two operations of one kind on one side of a link never overlap (contract § 3.5).
CREATE UNIQUE INDEX "journal_one_sent" ON "journal"("link_id", "side", "kind") WHERE "outcome" = 'sent';

CREATE TABLE "conflict" (
    "id" BIGSERIAL NOT NULL,
    "link_id" BIGINT NOT NULL,
    "run_id" BIGINT NOT NULL,
    "field" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "winner" TEXT NOT NULL,
    "won" JSONB,
    "lost" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "conflict_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "conflict_link_id_run_id_field_key" ON "conflict"("link_id", "run_id", "field");

CREATE TABLE "problem" (
    "id" BIGSERIAL NOT NULL,
    "connection_id" INTEGER NOT NULL,
    "link_id" BIGINT,
    "code" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "side" TEXT NOT NULL DEFAULT '',
    "field" TEXT NOT NULL DEFAULT '',
    "title" TEXT NOT NULL,
    "explanation" TEXT NOT NULL,
    "fix" JSONB NOT NULL,
    "retry" TEXT NOT NULL,
    "reference" TEXT,
    "first_seen" TIMESTAMPTZ(3) NOT NULL,
    "last_seen" TIMESTAMPTZ(3) NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT "problem_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "problem_connection_id_code_idx" ON "problem"("connection_id", "code");
CREATE INDEX "problem_link_id_idx" ON "problem"("link_id");
-- One row per cause: seeing it again counts it again.
CREATE UNIQUE INDEX "problem_one_each" ON "problem"("connection_id", "link_id", "side", "field", "code") NULLS NOT DISTINCT;

CREATE TABLE "cursor" (
    "connection_id" INTEGER NOT NULL,
    "stream" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "moved_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "cursor_pkey" PRIMARY KEY ("connection_id", "stream")
);

CREATE TABLE "lease" (
    "name" TEXT NOT NULL,
    "token" BIGINT NOT NULL DEFAULT 0,
    "holder" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "lease_pkey" PRIMARY KEY ("name")
);

ALTER TABLE "link" ADD CONSTRAINT "link_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_link_id_fkey" FOREIGN KEY ("link_id") REFERENCES "link"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "sighting" ADD CONSTRAINT "sighting_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "member" ADD CONSTRAINT "member_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "run" ADD CONSTRAINT "run_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "journal" ADD CONSTRAINT "journal_link_id_fkey" FOREIGN KEY ("link_id") REFERENCES "link"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "journal" ADD CONSTRAINT "journal_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "conflict" ADD CONSTRAINT "conflict_link_id_fkey" FOREIGN KEY ("link_id") REFERENCES "link"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "conflict" ADD CONSTRAINT "conflict_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "problem" ADD CONSTRAINT "problem_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "problem" ADD CONSTRAINT "problem_link_id_fkey" FOREIGN KEY ("link_id") REFERENCES "link"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "cursor" ADD CONSTRAINT "cursor_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
