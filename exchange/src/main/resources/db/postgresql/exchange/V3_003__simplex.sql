-- Channels without a medium: each end keeps what it posted and what it was handed. A number for each change, in commit order.
CREATE TABLE exchange_simplex (
  channel TEXT PRIMARY KEY,
  changes BIGINT NOT NULL
);

CREATE TABLE exchange_simplex_message (
  channel TEXT NOT NULL,
  id TEXT NOT NULL,
  -- 1 for what this end posted
  sent BIGINT NOT NULL,
  message_key TEXT NOT NULL,
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  subject TEXT NOT NULL,
  obj TEXT NOT NULL,
  predicate TEXT NOT NULL,
  sender_ref TEXT,
  status TEXT NOT NULL,
  -- how the sender signed what arrived; kept as evidence
  signature_input TEXT,
  signature TEXT,
  change BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (channel, id)
);
CREATE INDEX exchange_simplex_change ON exchange_simplex_message (channel, sent, change);
