package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of weaknesses, of faults, of bad input and of what a door promises name tests. */
class PromisedTestsTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");

  @ParameterizedTest
  @CsvSource({"known-weaknesses.md, 38", "faults.md, 38", "spine-faults.md, 38", "datatrust-promises.md, 38",
      "connector-faults.md, 38", "automation-faults.md, 40", "automation-acceptance.md, 20"})
  void everyTestThePageNamesExists(String page, int least) throws IOException {
    Map<String, List<Path>> sources;
    try (Stream<Path> files = Files.walk(ROOT, 12)) {
      sources = files.filter(file -> file.toString().endsWith(".java") && file.toString().contains("/src/"))
          .collect(Collectors.groupingBy(file -> file.getFileName().toString()));
    }
    List<String> missing = new ArrayList<>();
    Matcher named = NAMED.matcher(Files.readString(ROOT.resolve("docs/reference").resolve(page)));
    int count = 0;
    while (named.find()) {
      count++;
      boolean there = false;
      for (Path source : sources.getOrDefault(named.group(1) + ".java", List.of())) {
        there |= Files.readString(source).contains(" " + named.group(2) + "(");
      }
      if (!there) {
        missing.add(named.group());
      }
    }
    assertThat(missing).isEmpty();
    assertThat(count).isGreaterThanOrEqualTo(least);
  }
}
