package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.HeardKinds;
import dev.fairway.core.FairwayException;
import dev.fairway.node.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator allows an integration to be told of: {@code automation.rights}. */
class JournalKindsTest {
  private static final Pattern APPENDED = Pattern.compile("new NewEvent\\(\"([a-z.-]+)\"");

  private static AutomationConfig automation(String rights) {
    Settings settings = Settings.of("fairway.yaml", "automation: { rights: " + rights + " }", Path.of("/"),
        name -> null);
    AutomationSettings automation = AutomationSettings.from(settings.root().section("automation"));
    settings.check();
    return automation.config();
  }

  @Test
  void integrationIsToldOfWhatItsOperatorAllowsAndOthersOfEverything() {
    AutomationConfig config = automation(
        "{ desk: { journal: [exchange.message.*, work.dead] }, mute: { journal: [] } }");
    assertThat(config.heardBy("desk")).isEqualTo(new HeardKinds(List.of("exchange.message.*", "work.dead")));
    assertThat(config.heardBy("mute").cover("work.dead")).isFalse();
    assertThat(config.heardBy("another")).isEqualTo(HeardKinds.ALL);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "[exchange.mesage.received] | did you mean exchange.message.received?",
      "[exchange.mesage.*]        | did you mean exchange.message.*?",
      "[weather.*]                | there are automation.*, automation.integration.*, automation.package.*, connector.*",
      "[Exchange]                 | is no kind of event; write exchange.message.received, exchange.message.* for all",
      "[exchange*]                | is no kind of event"})
  void whatCoversNoEventIsRefusedWithWhatWasMeant(String journal, String told) {
    assertThatThrownBy(() -> automation("{ desk: { journal: " + journal + " } }"))
        .isInstanceOf(FairwayException.class).hasMessageContaining("automation.rights.desk.journal")
        .hasMessageContaining(told);
  }

  @Test
  void rightsThatSayNothingAreRefused() {
    assertThatThrownBy(() -> automation("{ desk: { } }")).hasMessageContaining("automation.rights.desk.journal")
        .hasMessageContaining("write [] for none");
  }

  @Test
  void everyKindThatARoomWritesIsKnown() {
    assertThat(Stream.of("automation", "connectors", "datatrust", "exchange", "store", "websub")
        .flatMap(room -> appended(Path.of("..", room, "src", "main", "java")))).isNotEmpty()
        .allSatisfy(type -> assertThat(JournalKinds.ALL).anyMatch(
            kind -> kind.equals(type) || (type.endsWith(".") && kind.startsWith(type))));
  }

  private static Stream<String> appended(Path sources) {
    try (Stream<Path> files = Files.walk(sources)) {
      return files.filter(file -> file.toString().endsWith(".java")).flatMap(JournalKindsTest::inFile).toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> inFile(Path file) {
    try {
      return APPENDED.matcher(Files.readString(file)).results().map(found -> found.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
