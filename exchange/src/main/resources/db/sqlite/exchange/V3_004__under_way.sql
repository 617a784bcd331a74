-- Few at any time, and looked at by whoever watches over the node.
CREATE INDEX exchange_message_under_way ON exchange_message (state, channel, created_at)
  WHERE state IN ('QUEUED', 'SENDING', 'UNCERTAIN', 'SENT');
