package dev.fairway.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyTest {
  @Test
  void aReasonThatIsOnlyTheNameOfAClassIsPutIntoWords(@TempDir Path folder) throws IOException {
    assertThat(met(() -> Files.readString(folder.resolve("absent")))).isEqualTo("there is no such file or folder");
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(met(() -> Files.createDirectory(file))).isEqualTo("there is a file of that name already");
    assertThat(Why.inWords(new NotDirectoryException(file.toString()))).isEqualTo("it is not a folder");
    assertThat(met(() -> Files.delete(folder))).isEqualTo("the folder is not empty");
    assertThat(Why.inWords(new UnknownHostException("nowhere.invalid"))).isEqualTo("no address is known for the name");
  }

  @Test
  void aConnectionThatFailedForItsNameSaysSoHoweverDeepTheCause() {
    ConnectException inner = new ConnectException();
    inner.initCause(new UnresolvedAddressException());
    ConnectException outer = new ConnectException();
    outer.initCause(inner);
    assertThat(Why.inWords(outer)).isEqualTo("no address is known for the name");
    assertThat(Why.inWords(new ConnectException())).isEqualTo("nothing takes connections there");
  }

  @Test
  void whatSaysItselfIsLeftAsItIsAndNothingIsEverEmpty() {
    assertThat(Why.inWords(new IOException("the tape is torn"))).isEqualTo("the tape is torn");
    assertThat(Why.inWords(new UncheckedIOException(new IOException("torn")))).isEqualTo("torn");
    for (Throwable silent : List.of(new IOException(), new IOException(" "), new IllegalStateException(),
        new UncheckedIOException(new IOException()))) {
      assertThat(Why.inWords(silent)).isEqualTo("no reason was given");
    }
  }

  @Test
  void whatOnlyWrapsACauseSaysTheCausesReasonHoweverDeepItIs() {
    Throwable cause = new NoSuchFileException("/absent");
    for (Throwable wrapper : List.of(new ExecutionException(cause), new CompletionException(cause),
        new IOException(cause),
        new IllegalStateException(new ExecutionException(new CompletionException(cause))))) {
      assertThat(Why.inWords(wrapper)).isEqualTo("there is no such file or folder");
    }
    assertThat(Why.inWords(new CompletionException(new IllegalStateException()))).isEqualTo("no reason was given");
    assertThat(Why.inWords(new IOException("the tape is torn", cause))).isEqualTo("the tape is torn");
  }

  private static String met(Attempt attempt) {
    try {
      attempt.run();
    } catch (IOException e) {
      return Why.inWords(e);
    }
    throw new IllegalStateException("nothing failed");
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }
}
