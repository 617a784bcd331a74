package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Holds a TCP connection and makes a contract of each line that comes: {@code integrationParty}, {@code receivedAt},
 * {@code contentType} and {@code body}. A line taken from the socket is on a durable queue before the next one is read;
 * while that queue is full nothing is read, so the other side has to wait. When the connection ends it is opened again,
 * later each time.
 */
public final class LineSocket implements Integration<LineSocket.Settings> {
  private static final String LINES = "lines";
  private static final int LONGEST_LINE = 1 << 20;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  public record Settings(String host, int port, String template) {
    public Settings {
      if (port < 1 || port > 65_535) {
        throw new FairwayException(ErrorCode.INVALID, "port must be 1 to 65535, is " + port);
      }
    }
  }

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    events.task("socket", () -> read(env));
    events.queue().messages(LINES, (line, attempt) -> Response.commands(Command.create(
        env.template(env.settings().template()), LedgerValue.struct("integrationParty", LedgerValue.party(env.party()))
            .with("receivedAt", LedgerValue.timestamp(Instant.now(env.clock())))
            .with("contentType", LedgerValue.text("text/plain")).with("body", LedgerValue.text(line)))));
  }

  private static void read(Environment<Settings> env) throws IOException, InterruptedException {
    Settings settings = env.settings();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(settings.host(), settings.port()), (int) CONNECT_LIMIT.toMillis());
      env.log().info("connected to {}:{}", settings.host(), settings.port());
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (String line = line(in); line != null; line = line(in)) {
        Patience.put(env.queue(), LINES, line);
      }
    }
  }

  /** The next line without its end, null at the end; what follows the last line end is no line. */
  static @Nullable String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      if (line.size() == LONGEST_LINE) {
        throw new IOException("a line has more than " + LONGEST_LINE + " bytes");
      }
      line.write(b);
    }
    return null;
  }
}
