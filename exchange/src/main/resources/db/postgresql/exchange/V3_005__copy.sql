-- Where else a message arrived, besides the carriage its row names: one that was sent again may be here before the loss of the first is told.
CREATE TABLE exchange_copy (
  channel TEXT NOT NULL,
  channel_message TEXT NOT NULL,
  channel_status TEXT NOT NULL,
  message BIGINT NOT NULL REFERENCES exchange_message (id),
  PRIMARY KEY (channel, channel_message)
);
CREATE INDEX exchange_copy_message ON exchange_copy (message);
