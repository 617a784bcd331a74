package dev.fairway.evm.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.evm.TestChain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolidityTest {
  @Test
  void committedCodeIsWhatTheSourceCompilesTo(@TempDir Path out) throws Exception {
    Path room = TestChain.room();
    Process compiler = new ProcessBuilder("node", "src/main/solidity/compile.js", out.toString())
        .directory(room.toFile())
        .redirectErrorStream(true).redirectOutput(out.resolve("log").toFile()).start();
    assertThat(compiler.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(compiler.exitValue()).as(Files.readString(out.resolve("log"))).isZero();
    assertThat(out.resolve("ChannelNode.json"))
        .hasSameTextualContentAs(room.resolve("src/main/resources/dev/fairway/evm/channel/ChannelNode.json"));
  }
}
