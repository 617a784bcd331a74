package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import java.math.BigInteger;
import java.time.Instant;

/**
 * A candidate under vote.
 *
 * @param stake what a vote costs, in market token
 * @param voteBy when the poll closes
 */
public record Candidate(CandidateKind kind, Address owner, BigInteger stake, Instant voteBy, BigInteger yea,
    BigInteger nay) {}
