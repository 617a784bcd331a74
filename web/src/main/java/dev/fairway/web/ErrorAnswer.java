package dev.fairway.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a caller what its call ended in, and the operator what the caller cannot mend. */
final class ErrorAnswer {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswer.class);

  private ErrorAnswer() {}

  /** @throws IOException when the caller has gone, or its answer had begun: then the connection has to break */
  static void send(HttpServletResponse response, Throwable thrown, ErrorStyle style, String id) throws IOException {
    if (thrown instanceof EofException gone) {
      // The caller has hung up, as those who follow events always do in the end.
      LOG.debug("caller gone id={}", id);
      throw gone;
    }
    if (Errors.unexpected(thrown)) {
      LOG.error("request failed id={}", id, thrown);
    }
    if (response.isCommitted()) {
      // The status is out; breaking the connection is the only honest end left.
      throw new IOException("the answer broke off", thrown);
    }
    Errors.Answer answer = Errors.answer(thrown, style, id);
    response.resetBuffer();
    if (thrown instanceof Refusal refusal) {
      refusal.headers().forEach(response::setHeader);
    }
    if (answer.status() == 401) {
      response.setHeader("WWW-Authenticate", "Bearer");
    }
    response.setStatus(answer.status());
    response.setHeader("Content-Type", answer.contentType());
    byte[] body = Json.bytes(answer.body());
    response.setContentLength(body.length);
    new AnswerStream(response).write(body);
  }
}
