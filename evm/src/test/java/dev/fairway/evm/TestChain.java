package dev.fairway.evm;

import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real node to test on, and what a test does to its chain: mine, fork, drop, stop mining. */
public final class TestChain implements AutoCloseable {
  private final AutoCloseable node;
  private final EthereumRpc rpc;
  private final URI url;
  private final List<KeySigner> accounts;

  private TestChain(AutoCloseable node, URI url, List<KeySigner> accounts) {
    this.node = node;
    this.url = url;
    this.rpc = new EthereumRpc(RpcConfig.of(url));
    this.accounts = accounts;
  }

  /** anvil, mining each transaction at once. */
  public static TestChain anvil() throws Exception {
    return anvil(DevChain.Options.fleeting());
  }

  public static TestChain anvil(DevChain.Options options) throws Exception {
    DevChain chain = DevChain.start(options);
    return new TestChain(chain, chain.url(), chain.keys().stream().map(KeySigner::of).toList());
  }

  /** hardhat, mining each transaction at once, with anvil's accounts: both have them from the same well-known words. */
  public static TestChain hardhat(List<KeySigner> accounts) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path room = room();
    Path log = Files.createTempFile("hardhat", ".log");
    Process process = new ProcessBuilder("node", "node_modules/hardhat/internal/cli/bootstrap.js", "node", "--hostname",
        "127.0.0.1", "--port", String.valueOf(port)).directory(room.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (!Files.readString(log).contains("Started HTTP")) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        process.destroyForcibly();
        throw new IOException("hardhat does not start: " + Files.readString(log));
      }
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    return new TestChain(() -> {
      process.destroyForcibly().waitFor();
      Files.delete(log);
    }, URI.create("http://127.0.0.1:" + port), accounts);
  }

  /** The folder of this room, from wherever the test runs. */
  public static Path room() {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(here.resolve("src/main/solidity")) ? here : here.resolveSibling("evm");
  }

  public EthereumRpc rpc() {
    return rpc;
  }

  public URI url() {
    return url;
  }

  public KeySigner account(int index) {
    return accounts.get(index);
  }

  public List<KeySigner> accounts() {
    return accounts;
  }

  public void mine(int blocks) {
    rpc.call("anvil_mine", Hex.of(blocks));
  }

  public void automine(boolean on) {
    rpc.call("evm_setAutomine", on);
  }

  /** Replaces the newest blocks by empty ones, or by ones with these transactions in the first. */
  public void fork(int depth, String... rawTransactions) {
    List<Object> moved = new ArrayList<>();
    for (String raw : rawTransactions) {
      moved.add(List.of(raw, 0));
    }
    rpc.call("anvil_reorg", depth, moved);
  }

  public void drop(Hash transaction) {
    rpc.call("anvil_dropTransaction", transaction.hex());
  }

  public long height() {
    return rpc.head().number();
  }

  @Override
  public void close() throws Exception {
    rpc.close();
    node.close();
  }
}
