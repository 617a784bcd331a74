package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;

/** What an answer over HTTP means for the delivery it was given to. */
final class Answers {
  private Answers() {}

  /**
   * The answer, when it is 2xx.
   *
   * @param who for people
   * @throws FairwayException with {@code PEER_FAILED} where another try can help (408, 425, 429 and 5xx), {@code PEER_LIED}
   * where it cannot
   */
  static Answered accepted(String who, Answered answer) {
    if (!answer.ok()) {
      int status = answer.status();
      boolean again = status >= 500 || status == 408 || status == 425 || status == 429;
      throw new FairwayException(again ? ErrorCode.PEER_FAILED : ErrorCode.PEER_LIED, who + " answered " + status);
    }
    return answer;
  }
}
