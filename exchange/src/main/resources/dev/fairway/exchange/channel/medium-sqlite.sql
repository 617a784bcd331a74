CREATE TABLE IF NOT EXISTS channel_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL);
INSERT OR IGNORE INTO channel_head (id, seq, hash) VALUES (1, 0, '');
CREATE TABLE IF NOT EXISTS channel_row (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('new', 'status')),
  message INTEGER NOT NULL,
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  subject TEXT NOT NULL,
  obj TEXT NOT NULL,
  predicate TEXT NOT NULL,
  sender_ref TEXT,
  post_key TEXT,
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  prev_hash TEXT NOT NULL,
  row_hash TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS channel_row_key ON channel_row (sender, post_key) WHERE post_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS channel_row_receiver ON channel_row (receiver, seq);
CREATE INDEX IF NOT EXISTS channel_row_message ON channel_row (message, seq);
CREATE INDEX IF NOT EXISTS channel_row_change ON channel_row (sender, seq) WHERE kind = 'status';
CREATE TRIGGER IF NOT EXISTS channel_row_stays BEFORE UPDATE ON channel_row BEGIN SELECT RAISE(ABORT, 'rows of a channel are never changed'); END;
CREATE TRIGGER IF NOT EXISTS channel_row_is_kept BEFORE DELETE ON channel_row BEGIN SELECT RAISE(ABORT, 'rows of a channel are never removed'); END;
