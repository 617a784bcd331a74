package dev.fairway.node;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says what of a command line cannot be understood, what was probably meant, and where to look it up. The whole help would
 * push the sentence that matters off the screen; it is shown only to who named no command.
 */
final class WrongRequest implements IParameterExceptionHandler {
  private static final int WRONG_REQUEST = 2;

  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println("fairway: " + sentence(wrong, command));
    if (namesNoCommand(wrong, command)) {
      command.usage(err);
      return WRONG_REQUEST;
    }
    suggestions(wrong).ifPresent(err::println);
    err.println("See: " + name + " --help");
    return WRONG_REQUEST;
  }

  private static boolean namesNoCommand(ParameterException wrong, CommandLine command) {
    return !command.getSubcommands().isEmpty()
        && (wrong.getClass() == ParameterException.class || wrong instanceof MissingParameterException);
  }

  private static String sentence(ParameterException wrong, CommandLine command) {
    if (wrong instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      List<String> words = unmatched.getUnmatched();
      return command.getSubcommands().isEmpty()
          ? "\"" + command.getCommandName() + "\" takes no more after what it was given: " + quoted(words)
          : "there is no command \"" + command.getCommandSpec().qualifiedName() + " " + words.getFirst() + "\"";
    }
    String message = String.valueOf(wrong.getMessage()).strip();
    String plain = message.startsWith("Error: ") ? message.substring("Error: ".length()) : message;
    return plain.isEmpty() ? plain : plain.substring(0, 1).toLowerCase(Locale.ROOT) + plain.substring(1);
  }

  private static String quoted(List<String> words) {
    return words.stream().map(word -> "\"" + word + "\"").collect(Collectors.joining(" "));
  }

  private static Optional<String> suggestions(ParameterException wrong) {
    if (!(wrong instanceof UnmatchedArgumentException unmatched) || unmatched.getSuggestions().isEmpty()) {
      return Optional.empty();
    }
    String before = unmatched.isUnknownOption() ? "" : wrong.getCommandLine().getCommandSpec().qualifiedName() + " ";
    return Optional.of(unmatched.getSuggestions().stream().limit(3)
        .map(word -> before + word.substring(word.lastIndexOf(' ') + 1))
        .collect(Collectors.joining(" or ", "Did you mean: ", "?")));
  }
}
