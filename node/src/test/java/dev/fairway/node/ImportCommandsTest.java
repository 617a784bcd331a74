package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandsTest {
  @TempDir
  Path home;

  private Ran run(String... more) {
    List<String> all = new ArrayList<>(
        List.of("import", "intergov", "--folder", home.resolve("old").toString(), "--dir",
            home.resolve("data").toString(), "--profile", "dev"));
    all.addAll(List.of(more));
    return Ran.fairway(all.toArray(String[]::new));
  }

  private void put(String key, String content) throws Exception {
    Path file = home.resolve("old").resolve(key);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void whatIsTakenOverAndWhatIsNotIsTold() throws Exception {
    Ran nothing = run();
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err())
        .contains("there is none of the folders [messagelake, objectlake, acl, subscriptions] in ");

    put("messagelake/SG/r1/content.json",
        "{\"sender\":\"SG\",\"receiver\":\"AU\",\"subject\":\"s\",\"obj\":\"a.b.c\",\"predicate\":\"d.e.f\",\"sender_ref\":\"r1\"}");
    put("messagelake/SG/r1/metadata.json", "{\"status\":\"received\"}");
    Ran dry = run("--dry-run");
    assertThat(dry.code()).as(dry.err()).isZero();
    assertThat(dry.out()).containsPattern("messages +1 to be taken over +0 here before +0 left out");
    assertThat(run().out()).containsPattern("messages +1 taken over +0 here before +0 left out");

    put("messagelake/SG/broken/content.json", "{");
    Ran again = run();
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.out()).containsPattern("messages +0 taken over +1 here before +1 left out");
    assertThat(again.err()).contains("left out: messagelake/SG/broken/content.json is not JSON");
  }
}
