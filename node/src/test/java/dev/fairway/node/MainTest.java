package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

class MainTest {
  private record Said(int code, String out, String err) {}

  private static Said run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Said(command.execute(arguments), out.toString(), err.toString());
  }

  @TestFactory
  Stream<DynamicTest> everyCommandHasHelp() {
    return commands(Main.commandLine(), List.of()).stream()
        .map(path -> DynamicTest.dynamicTest(String.join(" ", path), () -> {
          Said said = run(Stream.concat(path.stream(), Stream.of("--help")).toArray(String[]::new));
          assertThat(said.code()).isZero();
          assertThat(said.out()).startsWith("Usage: fairway " + String.join(" ", path));
          assertThat(said.out().lines().count()).as("a usage, a sentence, the options").isGreaterThan(3);
        }));
  }

  private static List<List<String>> commands(CommandLine command, List<String> path) {
    List<List<String>> found = new ArrayList<>();
    Set.copyOf(command.getSubcommands().values()).forEach(child -> {
      List<String> below = Stream.concat(path.stream(), Stream.of(child.getCommandName())).toList();
      found.add(below);
      found.addAll(commands(child, below));
    });
    return found;
  }

  @Test
  void aWrongWordIsARequestThatWasWrong() {
    Said said = run("mesage", "list");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("mesage").contains("message");
  }

  @Test
  void whatCannotBeReachedIsOneSentence() {
    Said said = run("message", "list", "--node", "http://127.0.0.1:1");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err().lines()).hasSize(1);
    assertThat(said.err()).startsWith("fairway: ").contains("127.0.0.1:1");
  }

  @Test
  void aFailureNobodyForesawIsOneSentenceAndAFile() {
    CommandLine command = Main.commandLine();
    StringWriter err = new StringWriter();
    command.addSubcommand("fail", new Failing());
    command.setErr(new PrintWriter(err));
    assertThat(command.execute("fail")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("sails").contains("fairway-failure-").doesNotContain("\tat ");
  }

  @CommandLine.Command(name = "fail")
  static final class Failing implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("the sails are gone");
    }
  }
}
