package dev.fairway.connector.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LinesTest {
  @Property(seed = "1")
  void joinedLinesAreTheStream(@ForAll List<@net.jqwik.api.constraints.AlphaChars String> lines, @ForAll long seed)
      throws IOException {
    byte[] text = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Lines reader = new Lines(dribble(text, new Random(seed)), 1 << 20);
    List<String> seen = new ArrayList<>();
    while (reader.next()) {
      seen.add(reader.text());
    }
    assertThat(seen).isEqualTo(lines.isEmpty() ? List.of("") : lines);
  }

  @Test
  void aLineOverTheLimitIsRefusedBeforeItFillsTheMemory() {
    InputStream endless = new InputStream() {
      @Override
      public int read() {
        return 'x';
      }
    };
    assertThatThrownBy(() -> new Lines(endless, 1 << 20).next()).isInstanceOf(Lines.LineTooLongException.class)
        .hasMessageContaining("1048576 bytes");
  }

  @Test
  void halfALineIsAnErrorThatShowsIt() {
    Lines reader = new Lines(new ByteArrayInputStream("{\"a\":1}\n{\"b".getBytes(StandardCharsets.UTF_8)), 100);
    assertThatThrownBy(() -> {
      reader.next();
      reader.next();
    }).isInstanceOf(EOFException.class).hasMessageContaining("{\"b");
  }

  @Test
  void theRestCanBeTakenAsALine() throws IOException {
    Lines reader = new Lines(new ByteArrayInputStream("a\nb".getBytes(StandardCharsets.UTF_8)), 100);
    assertThat(reader.nextOrRest()).isTrue();
    assertThat(reader.nextOrRest()).isTrue();
    assertThat(reader.text()).isEqualTo("b");
    assertThat(reader.nextOrRest()).isFalse();
  }

  private static InputStream dribble(byte[] text, Random random) {
    return new ByteArrayInputStream(text) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(20)));
      }
    };
  }
}
