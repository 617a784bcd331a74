-- Times are microseconds since 1970. States and statuses are the names of the enums that hold them.

CREATE TABLE exchange_message (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sender TEXT NOT NULL,
  sender_ref TEXT NOT NULL,
  receiver TEXT NOT NULL,
  subject TEXT NOT NULL,
  obj TEXT NOT NULL,
  predicate TEXT NOT NULL,
  state TEXT NOT NULL,
  channel TEXT,
  channel_message TEXT,
  channel_status TEXT,
  documents TEXT NOT NULL,
  priority INTEGER NOT NULL,
  ordered INTEGER NOT NULL,
  sendings INTEGER NOT NULL,
  version INTEGER NOT NULL,
  submitter TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX exchange_message_ref ON exchange_message (sender, sender_ref);
CREATE UNIQUE INDEX exchange_message_carriage ON exchange_message (channel, channel_message)
  WHERE channel_message IS NOT NULL;
CREATE INDEX exchange_message_subject ON exchange_message (subject);

-- What happened to a message, kept as long as the message; the journal may be trimmed earlier.
CREATE TABLE exchange_step (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message BIGINT NOT NULL REFERENCES exchange_message (id),
  at BIGINT NOT NULL,
  state TEXT NOT NULL,
  actor TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX exchange_step_message ON exchange_step (message);

-- Why a message was routed as it was.
CREATE TABLE exchange_decision (
  message BIGINT NOT NULL REFERENCES exchange_message (id),
  sending INTEGER NOT NULL,
  decision TEXT NOT NULL,
  PRIMARY KEY (message, sending)
);

-- How far each channel has been read.
CREATE TABLE exchange_cursor (
  channel TEXT NOT NULL,
  direction TEXT NOT NULL,
  place TEXT NOT NULL,
  moved_at BIGINT NOT NULL,
  PRIMARY KEY (channel, direction)
);

CREATE TABLE exchange_document (
  hash TEXT PRIMARY KEY,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  source TEXT NOT NULL,
  stored_at BIGINT NOT NULL
);

-- Who may read a document, besides our own jurisdiction.
CREATE TABLE exchange_grant (
  hash TEXT NOT NULL,
  jurisdiction TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (hash, jurisdiction)
);

-- The documents of each message that arrived, its own and those they link to.
CREATE TABLE exchange_fetch (
  message BIGINT NOT NULL REFERENCES exchange_message (id),
  hash TEXT NOT NULL,
  parent TEXT,
  depth INTEGER NOT NULL,
  state TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  PRIMARY KEY (message, hash)
);
CREATE INDEX exchange_document_stored ON exchange_document (stored_at, hash);
