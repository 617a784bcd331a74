package dev.fairway.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Every command that the pages and the help texts show is one that the command line takes; none is run. */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
  private static final Set<String> SHELL = Set.of("", "sh");
  private static final Pattern SPAN = Pattern.compile("`(?:\\./)?fairway\\s(?!ready )([^`]+)`");
  private static final Pattern CALL = Pattern.compile("(?<![\\w/.:-])(?:\\./)?fairway (?=[a-z-])(?!ready )");
  private static final Pattern WORD = Pattern.compile("\\s*((?:'[^']*'|\"[^\"]*\"|[^\\s'\";|&<>)])+)");
  /** Words that begin like a command and are none: the application information of an encrypted delivery. */
  private static final Set<String> NO_COMMANDS = Set.of("datatrust delivery 1");

  private final CommandLine fairway = Main.commandLine();

  @Test
  void everyCommandOfThePagesIsTaken() throws IOException {
    List<String> refused = new ArrayList<>();
    for (Path page : pages()) {
      String text = Files.readString(page, UTF_8);
      for (Matcher block = BLOCK.matcher(text); block.find();) {
        if (SHELL.contains(block.group(1))) {
          refused.addAll(refused(page.toString(), block.group(2)));
        }
      }
      for (Matcher span = SPAN.matcher(BLOCK.matcher(text).replaceAll("")); span.find();) {
        mentioned(page, span.group(1).replaceAll("\\s+", " ").replace("URL", "http://node")).ifPresent(refused::add);
      }
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void everyExampleOfTheHelpTextsIsTaken() {
    List<String> refused = new ArrayList<>();
    each(fairway, command -> refused.addAll(refused(command.getCommandSpec().qualifiedName() + " --help",
        String.join("\n", command.getCommandSpec().usageMessage().footer()))));
    assertThat(refused).isEmpty();
  }

  @Test
  void everyCommandShowsAnExampleAndDescribesAllItTakes() {
    List<String> lacking = new ArrayList<>();
    each(fairway, command -> {
      CommandSpec spec = command.getCommandSpec();
      boolean shown = String.join("\n", spec.usageMessage().footer()).contains("  fairway ");
      if (command.getSubcommands().isEmpty() && !spec.usageMessage().hidden() && !shown) {
        lacking.add(spec.qualifiedName() + ": an example");
      }
      spec.args().stream().filter(taken -> taken.description().length == 0)
          .forEach(taken -> lacking.add(spec.qualifiedName() + ": what " + taken.paramLabel() + " is"));
    });
    assertThat(lacking).isEmpty();
  }

  @Test
  void aCommandThatIsNotThereIsFound() {
    assertThat(refused("page", "./fairway dead raise ID\nhash=$(fairway message send --form AU) # as above"))
        .hasSize(2);
    assertThat(refused("page", "./fairway dead show \\\n  7 | jq .\n")).isEmpty();
  }

  private static Set<Path> pages() throws IOException {
    Set<Path> pages = new TreeSet<>();
    for (Path folder : List.of(ROOT, ROOT.resolve("docs"))) {
      try (Stream<Path> files = Files.walk(folder, folder.equals(ROOT) ? 1 : Integer.MAX_VALUE)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
      }
    }
    return pages;
  }

  private List<String> refused(String where, String shell) {
    List<String> refused = new ArrayList<>();
    for (String line : shell.replaceAll("\\\\\n\\s*", "").split("\n", -1)) {
      String said = line.replaceFirst("(^|\\s)#.*", "");
      for (Matcher call = CALL.matcher(said); call.find();) {
        try {
          fairway.parseArgs(words(said.substring(call.end())));
        } catch (ParameterException e) {
          refused.add(where + ": " + said.strip() + ": " + e.getMessage());
        }
      }
    }
    return refused;
  }

  /* A sentence may name a command without all it needs, so that alone is no fault there. */
  private Optional<String> mentioned(Path page, String command) {
    try {
      if (!NO_COMMANDS.contains(command)) {
        fairway.parseArgs(words(command.replaceAll("\\s?…$", "")));
      }
    } catch (MissingParameterException _) {
      return Optional.empty();
    } catch (ParameterException e) {
      return Optional.of(page + ": fairway " + command + ": " + e.getMessage());
    }
    return Optional.empty();
  }

  /** The words of a shell's simple command, up to its end: quotes are taken off, nothing is expanded. */
  private static String[] words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    for (int end = 0; word.region(end, command.length()).lookingAt(); end = word.end()) {
      words.add(word.group(1).replaceAll("'([^']*)'|\"([^\"]*)\"", "$1$2"));
    }
    return words.toArray(String[]::new);
  }

  private static void each(CommandLine command, Consumer<CommandLine> act) {
    act.accept(command);
    command.getSubcommands().values().forEach(sub -> each(sub, act));
  }
}
