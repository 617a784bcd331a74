package dev.fairway.automation.caller;

import dev.fairway.automation.caller.ApiMapping.Operation;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.automation.sdk.Request;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.LedgerValue;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * Answers requests that were generated from an API's description by calling the API. Every answer, and that there was
 * none, is told to the requester by its own constructor; nothing is rejected.
 *
 * <p>A call of a method that may be repeated (RFC 9110, 9.2.2) is tried again while the service does not answer, or answers
 * 408, 425, 429 or 5xx; one of another method only where the service says that it has not begun (429, and 503 with
 * {@code Retry-After}), or when it keeps idempotency keys. What the last try brought is the answer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2">RFC 9110, idempotent methods</a>
 */
public final class ApiCaller implements Integration<ApiCaller.Settings> {
  private static final int ATTEMPTS = 5;
  private static final Set<String> REPEATABLE = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  /**
   * @param mapping the content of {@code mapping.json}
   * @param url where the API is; when absent, the first server of its description
   * @param authorization a whole {@code Authorization} header, {@code Bearer …}
   * @param user for HTTP Basic, with the password
   * @param keyHeader which header carries the key
   * @param idempotent whether the service does a call once for each {@code Idempotency-Key}
   */
  public record Settings(String mapping, Optional<String> url, Optional<Secret> authorization, Optional<String> user,
      Optional<Secret> password, String keyHeader, Optional<Secret> key, boolean idempotent) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    ApiMapping mapping = ApiMapping.parse(settings.mapping());
    var calls = new ApiCalls(base(settings, mapping), mapping);
    var answers = new ApiAnswers(mapping);
    for (Operation operation : mapping.operations()) {
      var one = new OneOperation(env, operation, calls, answers);
      events.request()
          .on(operation.request()).<LedgerValue.Variant>accepting(operation.choice(),
              body -> LedgerValue.struct("body", body))
          .attempts(ATTEMPTS).handle(one::answer);
    }
  }

  private static URI base(Settings settings, ApiMapping mapping) {
    String text = settings.url().or(() -> mapping.servers().stream().findFirst()).orElse("");
    try {
      URI url = URI.create(text);
      if (url.getHost() != null) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new FairwayException(ErrorCode.CONFIGURATION,
        "url must say where the API is; its description says \"" + text + "\"");
  }

  private record OneOperation(Environment<Settings> env, Operation operation, ApiCalls calls, ApiAnswers answers) {
    Answer<LedgerValue.Variant> answer(Request<LedgerValue.Struct> request) throws InterruptedException {
      boolean repeatable = REPEATABLE.contains(operation.method()) || env.settings().idempotent();
      boolean last = request.attempt().number() >= ATTEMPTS;
      if (request.attempt().maybeDone() && !repeatable) {
        return Answer.accept(answers.none(operation,
            "the call was broken off and must not be repeated; whether it was done is not known"));
      }
      OutsideCall call = withCredentials(calls.call(operation, request.payload())).header("Idempotency-Key",
          request.attempt().idempotencyKey());
      Answered answered;
      try {
        answered = env.http().send(call);
      } catch (IOException e) {
        if (repeatable && !last) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "no answer from " + call.url().getHost() + ": "
              + e.getMessage(), e);
        }
        return Answer.accept(answers.none(operation, "no answer from " + call.url().getHost()));
      }
      Optional<Duration> pause = pause(answered);
      if (pause.isPresent() && notBegun(answered.status())) {
        return Answer.later(pause.get(), "the service answered " + answered.status() + " and asks to wait");
      }
      boolean again = answered.status() == 429 || (repeatable && forNow(answered.status()));
      if (again && !last) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the service answered " + answered.status());
      }
      return Answer.accept(answers.of(operation, answered));
    }

    private static boolean notBegun(int status) {
      return status == 429 || status == 503;
    }

    private static boolean forNow(int status) {
      return status == 408 || status == 425 || status >= 500;
    }

    /* A date instead of seconds is rare, and no reason to fail: then the pause is our own. */
    private static Optional<Duration> pause(Answered answered) {
      return answered.header("Retry-After").filter(text -> text.matches("[0-9]{1,6}"))
          .map(text -> Duration.ofSeconds(Math.max(1, Long.parseLong(text))))
          .map(asked -> asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked);
    }

    private OutsideCall withCredentials(OutsideCall call) {
      Settings settings = env.settings();
      OutsideCall with = settings.authorization().map(value -> call.header("Authorization", value.reveal()))
          .orElse(call);
      if (settings.user().isPresent() && settings.password().isPresent()) {
        String pair = settings.user().get() + ":" + settings.password().get().reveal();
        with = with.header("Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
      }
      OutsideCall before = with;
      return settings.key().map(value -> before.header(settings.keyHeader(), value.reveal())).orElse(before);
    }
  }
}
