-- Data sold on a chain. Times are microseconds since 1970, UTC. Hashes and addresses are 0x and lower-case digits.

-- Which chain a market was first found on, so that a node can start while the chain cannot be reached.
CREATE TABLE datatrust_market (
  market     TEXT PRIMARY KEY,
  chain      INTEGER NOT NULL,
  contracts  TEXT NOT NULL
) STRICT;

-- What the market's contracts told, as far as the chain stands now; what a fork takes back is removed.
CREATE TABLE datatrust_event (
  market            TEXT NOT NULL,
  block_number      INTEGER NOT NULL,
  log_index         INTEGER NOT NULL,
  block_hash        TEXT NOT NULL,
  event             TEXT NOT NULL,
  -- the topics after the event's own
  subject           TEXT NOT NULL,
  second            TEXT,
  third             TEXT,
  data              TEXT NOT NULL,
  transaction_hash  TEXT NOT NULL,
  confirmed         INTEGER NOT NULL,
  PRIMARY KEY (market, block_number, log_index, block_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX datatrust_event_about ON datatrust_event (market, subject, event, block_number, log_index);
CREATE INDEX datatrust_event_named ON datatrust_event (market, event, block_number, log_index);

-- What makers handed in. Whether it is listed is the chain's to say.
CREATE TABLE datatrust_upload (
  market       TEXT NOT NULL,
  listing      TEXT NOT NULL,
  owner        TEXT NOT NULL,
  tx_hash      TEXT NOT NULL,
  title        TEXT NOT NULL,
  description  TEXT NOT NULL,
  license      TEXT NOT NULL,
  file_type    TEXT NOT NULL,
  tags         TEXT,
  filename     TEXT NOT NULL,
  size         INTEGER NOT NULL,
  md5          TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  data_hash    TEXT NOT NULL,
  blob         TEXT NOT NULL,
  sealed_key   BLOB NOT NULL,
  task         TEXT NOT NULL,
  uploaded_at  INTEGER NOT NULL,
  PRIMARY KEY (market, listing, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX datatrust_upload_blob ON datatrust_upload (blob);

-- What is under way for a client; a row stays after its end, so that the end can be asked for.
CREATE TABLE datatrust_task (
  id              TEXT PRIMARY KEY,
  market          TEXT NOT NULL,
  kind            TEXT NOT NULL,
  -- what it waits for
  watched         TEXT,
  listing         TEXT,
  owner           TEXT,
  delivery        TEXT,
  -- what it sent
  transaction_id  INTEGER,
  state           TEXT NOT NULL,
  result          TEXT,
  reason          TEXT,
  created_at      INTEGER NOT NULL,
  changed_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX datatrust_task_transaction ON datatrust_task (transaction_id) WHERE transaction_id IS NOT NULL;
CREATE UNIQUE INDEX datatrust_task_watch ON datatrust_task (market, watched) WHERE kind = 'WATCH';
CREATE INDEX datatrust_task_delivery ON datatrust_task (market, delivery) WHERE delivery IS NOT NULL;
CREATE INDEX datatrust_task_recent ON datatrust_task (market, created_at);

-- Bytes given out on a purchase. Written before the first byte leaves.
CREATE TABLE datatrust_booking (
  market        TEXT NOT NULL,
  delivery      TEXT NOT NULL,
  listing       TEXT NOT NULL,
  buyer         TEXT NOT NULL,
  owner         TEXT NOT NULL,
  data_hash     TEXT NOT NULL,
  size          INTEGER NOT NULL,
  url           TEXT NOT NULL,
  attempt       INTEGER NOT NULL,
  -- booked: on its way to the chain; counted: on it; void: the chain refused it
  state         TEXT NOT NULL,
  reason        TEXT,
  task          TEXT NOT NULL,
  booked_at     INTEGER NOT NULL,
  PRIMARY KEY (market, delivery, listing, buyer)
) STRICT, WITHOUT ROWID;
CREATE INDEX datatrust_booking_open ON datatrust_booking (market, buyer) WHERE state = 'booked';
CREATE UNIQUE INDEX datatrust_booking_task ON datatrust_booking (task);

-- What account holders agreed to, each time.
CREATE TABLE datatrust_consent (
  market       TEXT NOT NULL,
  owner        TEXT NOT NULL,
  version      INTEGER NOT NULL,
  agreed_at    INTEGER NOT NULL,
  from_us      INTEGER NOT NULL,
  received_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX datatrust_consent_of ON datatrust_consent (market, owner, received_at);

-- What may be used once: signatures of log-ins, nonces given out, refresh tokens; and token families taken back.
CREATE TABLE datatrust_once (
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  expires_at  INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX datatrust_once_expires ON datatrust_once (expires_at);
