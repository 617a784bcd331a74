-- None at most times, and asked for at every new block.
CREATE INDEX evm_channel_received_retracted ON evm_channel_received (channel, id) WHERE retracted = 1;
