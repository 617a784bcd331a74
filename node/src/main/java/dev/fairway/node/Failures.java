package dev.fairway.node;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Says what went wrong in one sentence, and answers the exit code. A failure nobody foresaw leaves its stack trace in a file
 * for whoever mends it, rather than on the screen of whoever met it.
 */
final class Failures implements IExecutionExceptionHandler {
  private static final int FAILED = 1;
  private static final int WRONG_REQUEST = 2;

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
      case NoSuchFileException missing -> {
        err.println("fairway: there is no file " + missing.getFile());
        yield WRONG_REQUEST;
      }
      default -> {
        err.println("fairway: " + command.getCommandName() + " failed: " + sentence(failure)
            + trace(failure).map(file -> " (the stack trace is in " + file + ")").orElse(""));
        yield FAILED;
      }
    };
  }

  private static String sentence(Exception failure) {
    String message = failure.getMessage();
    String kind = failure.getClass().getSimpleName();
    return message == null || message.isBlank()
        ? kind
        : message.lines().findFirst().orElseThrow().strip() + " [" + kind + "]";
  }

  private static Optional<Path> trace(Exception failure) {
    try {
      Path file = Files.createTempFile("fairway-failure-", ".txt");
      try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
        failure.printStackTrace(out);
      }
      return Optional.of(file);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
