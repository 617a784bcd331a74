-- When stored data were last read through, what was wrong with them, and since when the market has no use for them.
ALTER TABLE datatrust_upload ADD COLUMN checked_at BIGINT;
ALTER TABLE datatrust_upload ADD COLUMN fault TEXT;
ALTER TABLE datatrust_upload ADD COLUMN gone_since BIGINT;
