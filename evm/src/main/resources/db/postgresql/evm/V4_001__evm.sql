-- Ethereum: who runs which loop, what was sent, what was read. Times are microseconds since 1970, UTC.

CREATE TABLE evm_watch (
  name         TEXT PRIMARY KEY,
  lease_owner  TEXT NOT NULL,
  lease_until  BIGINT NOT NULL,
  epoch        BIGINT NOT NULL
);

-- The last head of a chain that a loop looked at: a later look finds it again, or there was a fork.
CREATE TABLE evm_head (
  name    TEXT PRIMARY KEY,
  number  BIGINT NOT NULL,
  hash    TEXT NOT NULL
);

CREATE TABLE evm_transaction (
  id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chain         BIGINT NOT NULL,
  sender        TEXT NOT NULL,
  request_key   TEXT NOT NULL,
  purpose       TEXT NOT NULL,
  receiver      TEXT,
  value         TEXT NOT NULL,
  data          BYTEA NOT NULL,
  gas_limit     BIGINT,
  late_fork     TEXT NOT NULL,
  -- recorded: waits for its nonce; sent: signed, not mined; mined; confirmed: certain, forks still watched for;
  -- settled: no longer watched; refused: will never have a nonce
  state         TEXT NOT NULL,
  nonce         BIGINT,
  hash          TEXT,
  tip           TEXT,
  fee_ceiling   TEXT,
  sent_at       BIGINT,
  replacements  BIGINT NOT NULL DEFAULT 0,
  abandoned     TEXT,
  mined_hash    TEXT,
  block_number  BIGINT,
  block_hash    TEXT,
  outcome       TEXT,
  reason        TEXT,
  gas_used      BIGINT,
  created       TEXT,
  announced     BIGINT NOT NULL DEFAULT 0,
  recorded_at   BIGINT NOT NULL,
  changed_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX evm_transaction_key ON evm_transaction (chain, sender, request_key);
CREATE UNIQUE INDEX evm_transaction_nonce ON evm_transaction (chain, sender, nonce) WHERE nonce IS NOT NULL;
CREATE INDEX evm_transaction_recorded ON evm_transaction (chain, sender, id) WHERE state = 'recorded';
CREATE INDEX evm_transaction_sent ON evm_transaction (chain, sender, nonce) WHERE state = 'sent';
CREATE INDEX evm_transaction_mined ON evm_transaction (chain, sender, block_number) WHERE state = 'mined';
CREATE INDEX evm_transaction_confirmed ON evm_transaction (chain, sender, block_number) WHERE state = 'confirmed';

-- Every form a transaction was ever signed in, so that each of its hashes leads back to it.
CREATE TABLE evm_signed (
  hash            TEXT PRIMARY KEY,
  transaction_id  BIGINT NOT NULL,
  raw             BYTEA NOT NULL,
  cancels         BIGINT NOT NULL,
  signed_at       BIGINT NOT NULL
);
CREATE INDEX evm_signed_of ON evm_signed (transaction_id, signed_at);

-- A reader of logs: the last block it is done with, and how far it is in the blocks after.
CREATE TABLE evm_follower (
  name           TEXT PRIMARY KEY,
  chain          BIGINT NOT NULL,
  query          TEXT NOT NULL,
  start_block    BIGINT NOT NULL,
  block_number   BIGINT NOT NULL,
  block_hash     TEXT,
  partial_block  BIGINT NOT NULL DEFAULT -1,
  partial_index  BIGINT NOT NULL DEFAULT -1,
  -- whether blocks it has read were forgotten
  pruned         BIGINT NOT NULL DEFAULT 0
);

-- The blocks it read lately; a fork is found by comparing them.
CREATE TABLE evm_block (
  follower  TEXT NOT NULL,
  number    BIGINT NOT NULL,
  hash      TEXT NOT NULL,
  PRIMARY KEY (follower, number)
);

-- The logs it told of that could still be taken back.
CREATE TABLE evm_log (
  follower      TEXT NOT NULL,
  block_number  BIGINT NOT NULL,
  log_index     BIGINT NOT NULL,
  block_hash    TEXT NOT NULL,
  confirmed     BIGINT NOT NULL,
  entry         TEXT NOT NULL,
  PRIMARY KEY (follower, block_number, log_index, block_hash)
);
CREATE INDEX evm_log_open ON evm_log (follower, block_number) WHERE confirmed = 0;

-- The Ethereum channel: a number for each change, in commit order.
CREATE TABLE evm_channel (
  name     TEXT PRIMARY KEY,
  changes  BIGINT NOT NULL
);

CREATE TABLE evm_channel_sent (
  channel         TEXT NOT NULL,
  message_key     TEXT NOT NULL,
  transaction_id  BIGINT NOT NULL,
  sender          TEXT NOT NULL,
  receiver        TEXT NOT NULL,
  subject         TEXT NOT NULL,
  obj             TEXT NOT NULL,
  predicate       TEXT NOT NULL,
  sender_ref      TEXT,
  id              TEXT,
  status          TEXT NOT NULL,
  change          BIGINT,
  updated_at      BIGINT NOT NULL,
  PRIMARY KEY (channel, message_key)
);
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
  block_number  BIGINT NOT NULL,
  block_hash    TEXT NOT NULL,
  log_index     BIGINT NOT NULL,
  status        TEXT NOT NULL,
  -- whether its block is gone and the new chain is not read to its end yet
  retracted     BIGINT NOT NULL DEFAULT 0,
  change        BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (channel, id)
);
CREATE INDEX evm_channel_received_change ON evm_channel_received (channel, receiver, change);
