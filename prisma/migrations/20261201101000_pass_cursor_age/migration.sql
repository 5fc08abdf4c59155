-- A cursor ages from when Klaviyo gave it, not from when its pass began: a back-fill of many days would begin again every day.
ALTER TABLE engagement_stream ADD COLUMN pass_cursor_at timestamptz(3);
UPDATE engagement_stream SET pass_cursor_at = pass_begun WHERE pass_cursor IS NOT NULL;
ALTER TABLE engagement_stream ADD CONSTRAINT pass_cursor_has_age CHECK ((pass_cursor IS NULL) = (pass_cursor_at IS NULL));
