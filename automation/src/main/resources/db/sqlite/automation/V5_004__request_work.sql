-- The piece of work that answers a request, the key its answers are kept in order by, how often in a row the process died
-- while it was being answered, and whether it was ever set aside (1) so that a dead letter may be left of it.
ALTER TABLE automation_request ADD COLUMN work TEXT;
ALTER TABLE automation_request ADD COLUMN order_key TEXT;
ALTER TABLE automation_request ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE automation_request ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;
CREATE INDEX automation_request_order ON automation_request (integration, order_key)
  WHERE state = 'submitting' AND order_key IS NOT NULL;
CREATE INDEX automation_request_state ON automation_request (state, changed);
