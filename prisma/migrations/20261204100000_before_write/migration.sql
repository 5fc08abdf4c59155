-- What a side showed before a write that told nothing of what it stored. An index that lags shows it again, with the same time.
ALTER TABLE sighting ADD COLUMN before_write text;
ALTER TABLE sighting ADD COLUMN before_write_until timestamptz(3);
