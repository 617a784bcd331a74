package dev.fairway.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.FilterOutputStream;
import java.io.IOException;
import org.eclipse.jetty.io.EofException;

/** The body of an answer; whatever fails here means that the caller has hung up, and is told as that alone. */
final class AnswerStream extends FilterOutputStream {

  AnswerStream(HttpServletResponse response) throws IOException {
    super(response.getOutputStream());
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[]{(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      out.flush();
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private static EofException gone(IOException failure) {
    return failure instanceof EofException already ? already : new EofException(failure);
  }
}
