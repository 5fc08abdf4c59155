-- When Tandem sent an opt-out that the side has not shown since: Klaviyo applies it later, to whoever has the email address then.
ALTER TABLE sighting ADD COLUMN opt_out_sent_at timestamptz(3);
-- The contact has another email address since: the opt-out will miss it.
ALTER TABLE sighting ADD COLUMN opt_out_missed boolean NOT NULL DEFAULT false;
CREATE INDEX sighting_opt_out_sent_at ON sighting (connection_id) WHERE opt_out_sent_at IS NOT NULL;
