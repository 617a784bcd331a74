package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures a node, each figure against a baseline of the same run. */
@Command(name = "bench", description = "Measure, each figure against a baseline taken in the same run.", subcommands = {
    BenchCommand.Accept.class, BenchCommand.Start.class, BenchCommand.Document.class,
    BenchCommand.Exchange.class, BenchCommand.Failover.class, BenchCommand.Ethereum.class, BenchCommand.Market.class,
    RequestsCommand.class, AutomationCommand.class, ConnectorsCommand.class,
    EchoCommand.class, WebhookServerCommand.class})
public final class BenchCommand {
  /** What all benchmarks take, and what becomes of what they measure. */
  abstract static class Measuring implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Option(names = "--dir", paramLabel = "DIR", description = "where to put data (default: a new temporary folder)")
    @Nullable
    Path dir;
    @Option(names = "--out", paramLabel = "FILE", description = "add the figures to this file")
    @Nullable
    Path out;
    @Option(names = "--seconds", defaultValue = "15", description = "how long to measure each figure (default: ${DEFAULT-VALUE})")
    int seconds;

    private Path home() throws IOException {
      return dir == null ? Files.createTempDirectory("fairway-bench") : Files.createDirectories(dir);
    }

    Duration time() {
      return Duration.ofSeconds(seconds);
    }

    PrintWriter progress() {
      return spec.commandLine().getErr();
    }

    /** Measures, with its data in a folder that is there. */
    abstract List<Figure> measure(Path home) throws Exception;

    @Override
    public final Integer call() throws Exception {
      Path home = home();
      return report(home, measure(home));
    }

    /** Prints the figures, adds them to the file, and answers the exit code. */
    private int report(Path home, List<Figure> figures) throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      StringBuilder text = new StringBuilder("## " + spec.name() + ", " + Instant.now().truncatedTo(ChronoUnit.SECONDS)
          + "\n\n" + Machine.describe() + "; " + Math.round(Machine.syncsPerSecond(home))
          + " synced 4 KiB writes a second\n\n| figure | ratio | wanted | measured | baseline |\n|---|---|---|---|---|\n");
      for (Figure figure : figures) {
        out.println(figure);
        text.append("| %s | %.2f | %s%s | %s | %s |%n".formatted(figure.name(), figure.ratio(), figure.wanted(),
            figure.holds() ? "" : " (does not hold)", figure.measured().strip(), figure.baseline().strip()));
      }
      out.println(Machine.describe());
      Path file = this.out;
      if (file != null) {
        Files.writeString(file, text.append('\n'), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
      return figures.stream().allMatch(Figure::holds) ? 0 : 1;
    }
  }

  @Command(name = "accept", mixinStandardHelpOptions = true, description = "Durable POST /message-api/message, 1 kB, 64 connections, against a bare JSON echo on the same server.", footer = {
      "", "Example:", "  fairway bench accept"})
  static final class Accept extends Measuring {
    @Option(names = "--postgres", paramLabel = "URL", description = "measure on this database too, jdbc:postgresql://…?user=…")
    Optional<String> postgres = Optional.empty();

    @Override
    List<Figure> measure(Path home) throws Exception {
      return new AcceptBench(home, time(), progress()).run(postgres);
    }
  }

  @Command(name = "start", mixinStandardHelpOptions = true, description = "From the command to \"fairway ready\" on an existing data folder, against a bare server.", footer = {
      "", "Example:", "  fairway bench start"})
  static final class Start extends Measuring {
    @Override
    List<Figure> measure(Path home) throws Exception {
      return List.of(new StartBench(home).run());
    }
  }

  @Command(name = "document", mixinStandardHelpOptions = true, description = "A document of 1 GiB in and out, against a copy with fsync, and the memory it takes.", footer = {
      "", "Example:", "  fairway bench document"})
  static final class Document extends Measuring {
    @Option(names = "--mebibytes", defaultValue = "1024", description = "its size (default: ${DEFAULT-VALUE})")
    int mebibytes;

    @Override
    List<Figure> measure(Path home) throws Exception {
      return new DocumentBench(home, mebibytes).run();
    }
  }

  @Command(name = "exchange", mixinStandardHelpOptions = true, description = "Australia to Singapore with a 10 kB document and callbacks on both sides, against the accept rate of the run.", footer = {
      "", "Example:", "  fairway bench exchange"})
  static final class Exchange extends Measuring {
    @Override
    List<Figure> measure(Path home) throws Exception {
      return new ExchangeBench(home, time(), progress()).run();
    }
  }

  @Command(name = "failover", mixinStandardHelpOptions = true, description = "Messages past a dead channel over the next one, against none dead.", footer = {
      "", "Example:", "  fairway bench failover"})
  static final class Failover extends Measuring {
    @Option(names = "--messages", defaultValue = "10000", description = "how many (default: ${DEFAULT-VALUE})")
    int messages;

    @Override
    List<Figure> measure(Path home) throws Exception {
      if (messages < 2) {
        throw new ParameterException(spec.commandLine(),
            "--messages must be at least 2, since the first only begins the measurement; is " + messages);
      }
      return List.of(new FailoverBench(home, messages).run());
    }
  }

  @Command(name = "ethereum", mixinStandardHelpOptions = true, description = "Messages confirmed over a chain of our own (anvil), against the same calls sent by a bare client; and reading them all anew, against bare eth_getLogs.", footer = {
      "", "Example:", "  fairway bench ethereum"})
  static final class Ethereum extends Measuring {
    @Option(names = "--messages", defaultValue = "10000", description = "how many (default: ${DEFAULT-VALUE})")
    int messages;

    @Override
    List<Figure> measure(Path home) throws Exception {
      return new EthereumBench(home, messages, progress()).run();
    }
  }

  @Command(name = "datatrust", mixinStandardHelpOptions = true, description = "Data of 1 GiB into a market and out of it, against a copy with fsync and a plain file; asking whether they may be had; and its index, against bare eth_getLogs.", footer = {
      "", "Example:", "  fairway bench datatrust"})
  static final class Market extends Measuring {
    @Option(names = "--mebibytes", defaultValue = "1024", description = "the size of the data (default: ${DEFAULT-VALUE})")
    int mebibytes;
    @Option(names = "--events", defaultValue = "100000", description = "how many events the index reads (default: ${DEFAULT-VALUE})")
    int events;

    @Override
    List<Figure> measure(Path home) throws Exception {
      return new DatatrustBench(home, mebibytes, events, progress()).run();
    }
  }

  /** A node of its own, in a folder of its own, in the dev profile. */
  static NodeProcess node(Path folder, String settings) throws IOException {
    Files.createDirectories(folder);
    Path config = Files.writeString(folder.resolve("fairway.yaml"),
        "jurisdiction: AU\nlisten: 127.0.0.1:0\nprofile: dev\ndir: .\n" + settings);
    return NodeProcess.serve(config, folder.resolve("node.log"));
  }

  static NodeProcess echo(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new NodeProcess(List.of("bench", "echo-server"), folder.resolve("echo.log"));
  }

  static byte[] message() {
    String subject = "AU-COO-2026-000101." + "0123456789".repeat(75);
    String body = """
        {"sender":"AU","receiver":"SG","subject":"%s","obj":"QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n",\
        "predicate":"UN.CEFACT.Trade.CertificateOfOrigin.created"}""".formatted(subject);
    byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    if (bytes.length < 900 || bytes.length > 1_100) {
      throw new FairwayException(ErrorCode.INVALID, "the benchmark's message should be about 1 kB, is " + bytes.length);
    }
    return bytes;
  }
}
