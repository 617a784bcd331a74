package dev.fairway.automation.sdk;

/**
 * Answers requests. What it throws is tried again later, except a {@link dev.fairway.core.FairwayException} that cannot go
 * better, which sets the request aside at once. Its text never reaches the requester.
 *
 * @param <Q> the request
 * @param <A> what a request is accepted with
 */
@FunctionalInterface
public interface RequestHandler<Q, A> {
  Answer<A> handle(Request<Q> request) throws Exception;
}
