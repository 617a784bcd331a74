package dev.fairway.node;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Says what went wrong in one sentence, and answers the exit code. A failure nobody foresaw leaves its stack trace in a file
 * for whoever mends it, rather than on the screen of whoever met it; on the screen only when the file cannot be written.
 */
final class Failures implements IExecutionExceptionHandler {
  private static final int FAILED = 1;
  private static final int WRONG_REQUEST = 2;

  private final Path traces;

  Failures() {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** @param traces the folder that stack traces are left in */
  Failures(Path traces) {
    this.traces = traces;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    return switch (failure) {
      case FairwayException known -> {
        err.println("fairway: " + known.getMessage());
        yield known.code().kind() == ErrorCode.Kind.CALLER || known.code() == ErrorCode.CONFIGURATION
            ? WRONG_REQUEST
            : FAILED;
      }
      case FileSystemException file -> {
        err.println("fairway: cannot use " + file.getFile() + ": " + Why.inWords(file));
        // A reason is the operating system's own, such as a full disk; without one the name that was given is at fault.
        yield file.getReason() == null ? WRONG_REQUEST : FAILED;
      }
      default -> {
        unforeseen(failure, "fairway: " + command.getCommandName() + " failed: " + sentence(failure), err);
        yield FAILED;
      }
    };
  }

  private static String sentence(Exception failure) {
    return Why.inWords(failure).lines().findFirst().orElseThrow();
  }

  private void unforeseen(Exception failure, String sentence, PrintWriter err) {
    try {
      Path file = Files.createTempFile(traces, "fairway-failure-", ".txt");
      try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
        failure.printStackTrace(out);
      }
      err.println(sentence + " (the stack trace is in " + file + ")");
    } catch (IOException e) {
      err.println(sentence + " (the stack trace follows, as it cannot be written to " + traces + ")");
      failure.printStackTrace(err);
    }
  }
}
