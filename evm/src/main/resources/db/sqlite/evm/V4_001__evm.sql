-- Ethereum: who runs which loop, what was sent, what was read. Times are microseconds since 1970, UTC.

CREATE TABLE evm_watch (
  name         TEXT PRIMARY KEY,
  lease_owner  TEXT NOT NULL,
  lease_until  INTEGER NOT NULL,
  epoch        INTEGER NOT NULL
) STRICT;

-- The last head of a chain that a loop looked at: a later look finds it again, or there was a fork.
CREATE TABLE evm_head (
  name    TEXT PRIMARY KEY,
  number  INTEGER NOT NULL,
  hash    TEXT NOT NULL
) STRICT;

CREATE TABLE evm_transaction (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  chain         INTEGER NOT NULL,
  sender        TEXT NOT NULL,
  request_key   TEXT NOT NULL,
  purpose       TEXT NOT NULL,
  receiver      TEXT,
  value         TEXT NOT NULL,
  data          BLOB NOT NULL,
  gas_limit     INTEGER,
  late_fork     TEXT NOT NULL,
  -- recorded: waits for its nonce; sent: signed, not mined; mined; confirmed: certain, forks still watched for;
  -- settled: no longer watched; refused: will never have a nonce
  state         TEXT NOT NULL,
  nonce         INTEGER,
  hash          TEXT,
  tip           TEXT,
  fee_ceiling   TEXT,
  sent_at       INTEGER,
  replacements  INTEGER NOT NULL DEFAULT 0,
  abandoned     TEXT,
  mined_hash    TEXT,
  block_number  INTEGER,
  block_hash    TEXT,
  outcome       TEXT,
  reason        TEXT,
  gas_used      INTEGER,
  created       TEXT,
  announced     INTEGER NOT NULL DEFAULT 0,
  recorded_at   INTEGER NOT NULL,
  changed_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX evm_transaction_key ON evm_transaction (chain, sender, request_key);
CREATE UNIQUE INDEX evm_transaction_nonce ON evm_transaction (chain, sender, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX evm_transaction_recorded ON evm_transaction (chain, sender, id) WHERE state = 'recorded';
CREATE INDEX evm_transaction_sent ON evm_transaction (chain, sender, nonce) WHERE state = 'sent';
CREATE INDEX evm_transaction_mined ON evm_transaction (chain, sender, block_number) WHERE state = 'mined';
CREATE INDEX evm_transaction_confirmed ON evm_transaction (chain, sender, block_number) WHERE state = 'confirmed';

-- Every form a transaction was ever signed in, so that each of its hashes leads back to it.
CREATE TABLE evm_signed (
  hash            TEXT PRIMARY KEY,
  transaction_id  INTEGER NOT NULL,
  raw             BLOB NOT NULL,
  cancels         INTEGER NOT NULL,
  signed_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX evm_signed_of ON evm_signed (transaction_id, signed_at);

-- A reader of logs: the last block it is done with, and how far it is in the blocks after.
CREATE TABLE evm_follower (
  name           TEXT PRIMARY KEY,
  chain          INTEGER NOT NULL,
  query          TEXT NOT NULL,
  start_block    INTEGER NOT NULL,
  block_number   INTEGER NOT NULL,
  block_hash     TEXT,
  partial_block  INTEGER NOT NULL DEFAULT -1,
  partial_index  INTEGER NOT NULL DEFAULT -1,
  -- whether blocks it has read were forgotten
  pruned         INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The blocks it read lately; a fork is found by comparing them.
CREATE TABLE evm_block (
  follower  TEXT NOT NULL,
  number    INTEGER NOT NULL,
  hash      TEXT NOT NULL,
  PRIMARY KEY (follower, number)
) STRICT, WITHOUT ROWID;

-- The logs it told of that could still be taken back.
CREATE TABLE evm_log (
  follower      TEXT NOT NULL,
  block_number  INTEGER NOT NULL,
  log_index     INTEGER NOT NULL,
  block_hash    TEXT NOT NULL,
  confirmed     INTEGER NOT NULL,
  entry         TEXT NOT NULL,
  PRIMARY KEY (follower, block_number, log_index, block_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX evm_log_open ON evm_log (follower, block_number) WHERE confirmed = 0;

-- The Ethereum channel: a number for each change, in commit order.
CREATE TABLE evm_channel (
  name     TEXT PRIMARY KEY,
  changes  INTEGER NOT NULL
) STRICT;

CREATE TABLE evm_channel_sent (
  channel         TEXT NOT NULL,
  message_key     TEXT NOT NULL,
  transaction_id  INTEGER NOT NULL,
  sender          TEXT NOT NULL,
  receiver        TEXT NOT NULL,
  subject         TEXT NOT NULL,
  obj             TEXT NOT NULL,
  predicate       TEXT NOT NULL,
  sender_ref      TEXT,
  id              TEXT,
  status          TEXT NOT NULL,
  change          INTEGER,
  updated_at      INTEGER NOT NULL,
  PRIMARY KEY (channel, message_key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX evm_channel_sent_transaction ON evm_channel_sent (transaction_id);
CREATE INDEX evm_channel_sent_change ON evm_channel_sent (channel, change) WHERE change IS NOT NULL;

CREATE TABLE evm_channel_received (
  channel       TEXT NOT NULL,
  id            TEXT NOT NULL,
  sender        TEXT NOT NULL,
  receiver      TEXT NOT NULL,
  subject       TEXT NOT NULL,
  obj           TEXT NOT NULL,
  predicate     TEXT NOT NULL,
  sender_ref    TEXT,
  block_number  INTEGER NOT NULL,
  block_hash    TEXT NOT NULL,
  log_index     INTEGER NOT NULL,
  status        TEXT NOT NULL,
  -- whether its block is gone and the new chain is not read to its end yet
  retracted     INTEGER NOT NULL DEFAULT 0,
  change        INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX evm_channel_received_change ON evm_channel_received (channel, receiver, change);
