CREATE TABLE IF NOT EXISTS channel_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq BIGINT NOT NULL, hash TEXT NOT NULL);
INSERT INTO channel_head (id, seq, hash) VALUES (1, 0, '') ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS channel_row (
  seq BIGINT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('new', 'status')),
  message BIGINT NOT NULL,
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  subject TEXT NOT NULL,
  obj TEXT NOT NULL,
  predicate TEXT NOT NULL,
  sender_ref TEXT,
  post_key TEXT,
  status TEXT NOT NULL,
  at BIGINT NOT NULL,
  prev_hash TEXT NOT NULL,
  row_hash TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS channel_row_key ON channel_row (sender, post_key) WHERE post_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS channel_row_receiver ON channel_row (receiver, seq);
CREATE INDEX IF NOT EXISTS channel_row_message ON channel_row (message, seq);
CREATE INDEX IF NOT EXISTS channel_row_change ON channel_row (sender, seq) WHERE kind = 'status';
CREATE OR REPLACE FUNCTION channel_row_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of a channel are neither changed nor removed'; END $$;
DROP TRIGGER IF EXISTS channel_row_stays ON channel_row;
CREATE TRIGGER channel_row_stays BEFORE UPDATE OR DELETE ON channel_row FOR EACH ROW EXECUTE FUNCTION channel_row_stays();
