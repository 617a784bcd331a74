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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** What is typed, split at spaces, and what must be said of it. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "messag list | Did you mean: fairway message or ",
      "foo | there is no command \"fairway foo\"",
      "message snd | Did you mean: fairway message send",
      "message list --nope | unknown option: '--nope'",
      "message list --limit abc | \"abc\" is not a whole number",
      "message list --limit 99999999999 | too large",
      "channel deploy c --confirmations few | \"few\" is not a whole number",
      "connector preview --sessions 1,few | \"few\" is not a whole number",
      "message list --node notaurl | \"notaurl\" is not an address; write http://HOST:PORT",
      "message list --node ftp://x | \"ftp://x\" is not an address",
      "message list --node http://[ | \"http://[\" is not an address",
      "message list --from au | \"au\" is not a jurisdiction; write two upper-case letters",
      "message status AU:1 perhaps | \"perhaps\" is not one of accepted, rejected",
      "document put x --for S/G | \"S/G\" is not a jurisdiction",
      "work more | \"work\" takes no more after what it was given: \"more\"",
      "dead redrive | missing required argument",
      "demo --story nope | \"nope\" is not one of exchange, datatrust, requests",
      "demo --channel nope | \"nope\" is not one of shared-database, ethereum",
      "torture --rate 0 | --rate must be at least 1, is 0",
      "torture --minutes -1 | --minutes must be at least 1, is -1",
      "connector keygen /nonexistent/key | cannot use /nonexistent/key: there is no such file or folder",
      "connector seal --age nope /nonexistent | /nonexistent: there is no such file or folder",
      "serve --config /nonexistent.yaml | there is no configuration file /nonexistent.yaml",
      "serve --config / | cannot read the configuration file /: Is a directory",
      "serve --profile dev --listen 127.0.0.1:0 --dir /dev/null | cannot use /dev/null as a data folder: there is a file"})
  void whatIsWrongIsNamedWithItsMend(String typed, String told) {
    Said said = run(typed.split(" "));
    assertThat(said.code()).as(said.err()).isEqualTo(2);
    assertThat(said.err()).startsWith("fairway: ").contains(told).doesNotContain("Exception", "null;", "\tat ");
    assertThat(said.err().lines().count()).as("no page of help on top of it").isLessThanOrEqualTo(3);
  }

  @Test
  void whoNamesNoCommandIsShownThem() {
    Said said = run("message");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err()).contains("missing required subcommand").contains("Usage: fairway message").contains("send");
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
    assertThat(err.toString()).contains("sails").contains("fairway-failure-").doesNotContain("Exception")
        .doesNotContain("\tat ");
  }

  @CommandLine.Command(name = "fail")
  static final class Failing implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("the sails are gone");
    }
  }
}
