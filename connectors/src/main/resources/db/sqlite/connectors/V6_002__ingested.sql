-- Deliveries that were taken in over HTTP, by their sender's name for them, so that one sent again is known.
CREATE TABLE connector_ingested (
  task TEXT NOT NULL,
  binding TEXT NOT NULL,
  delivery TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (task, binding, delivery)
);
CREATE INDEX connector_ingested_by_time ON connector_ingested (task, binding, received_at);
