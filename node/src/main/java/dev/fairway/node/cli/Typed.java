package dev.fairway.node.cli;

import dev.fairway.core.channel.Jurisdiction;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What is typed on the command line, as values: each refusal says what was typed, and what to type instead. */
public final class Typed {
  private Typed() {}

  /** Has every command of a command line read addresses and numbers as is said here. */
  public static void register(CommandLine commandLine) {
    commandLine.registerConverter(URI.class, Typed::address);
    // Converters are looked up by exact class, so a number that may be left out needs one of its own.
    commandLine.registerConverter(int.class, Typed::integer);
    commandLine.registerConverter(Integer.class, Typed::integer);
    commandLine.registerConverter(long.class, text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
    commandLine.registerConverter(Long.class, text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  private static URI address(String text) {
    try {
      URI address = new URI(text);
      if (address.getHost() != null && List.of("http", "https").contains(lower(address.getScheme()))) {
        return address;
      }
    } catch (URISyntaxException _) {
      // Told below like any other text that is no address.
    }
    throw new TypeConversionException("\"" + text + "\" is not an address; write http://HOST:PORT or https://HOST");
  }

  private static int integer(String text) {
    return (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static String lower(@Nullable String scheme) {
    return String.valueOf(scheme).toLowerCase(Locale.ROOT);
  }

  private static long whole(String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below like a number that is too large.
    }
    throw new TypeConversionException("\"" + text + "\" is not a whole number, or too large a one; write digits only");
  }

  /** A jurisdiction's code. */
  public static final class Code implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (Jurisdiction.isCode(text)) {
        return text;
      }
      throw new TypeConversionException(
          "\"" + text + "\" is not a jurisdiction; write two upper-case letters, such as AU");
    }
  }

  /** How a received message can be answered. */
  static final class Verdict implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return oneOf(text, "accepted", "rejected");
    }
  }

  /** What names one thing; a shell's variable that was never set names none. */
  static final class Id implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (text.isBlank()) {
        throw new TypeConversionException("it is empty; the command that was to print it may have failed");
      }
      return text;
    }
  }

  private static String oneOf(String text, String... words) {
    if (List.of(words).contains(text)) {
      return text;
    }
    throw new TypeConversionException("\"" + text + "\" is not one of " + String.join(", ", words));
  }

  /** A constant of an enum by the word that its {@code toString} is. */
  public static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Stream.of(type.getEnumConstants()).filter(constant -> constant.toString().equals(text)).findFirst()
        .orElseThrow(() -> new TypeConversionException("\"" + text + "\" is not one of "
            + Stream.of(type.getEnumConstants()).map(Enum::toString).collect(Collectors.joining(", "))));
  }
}
