package dev.fairway.node;

import dev.fairway.connectors.kafka.Broker;
import dev.fairway.connectors.kafka.CollectionTopics;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.evm.Address;
import dev.fairway.evm.channel.ChannelExamination;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.node.config.Settings;
import dev.fairway.s3.S3Blobs;
import dev.fairway.store.StorageConfig;
import dev.fairway.web.WebConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at everything a node needs before it runs, and says how to mend what is wrong. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Check the configuration, database, disk, clock, ports and peers, and say how to mend what is wrong.", exitCodeList = {
    "0:nothing is to be mended", "1:something is",
    "2:the configuration is wrong"}, footer = {"", "Example:", "  fairway doctor --config fairway.yaml"})
final class DoctorCommand implements Callable<Integer> {
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(30);
  private static final long LEAST_FREE = 256L << 20;
  private static final Duration BUCKET_SILENCE = Duration.ofSeconds(5);

  @Mixin
  ServeCommand.ConfigOptions options = new ServeCommand.ConfigOptions();
  @Spec
  CommandSpec spec = CommandSpec.create();

  private boolean sick;

  @Override
  public Integer call() {
    NodeConfig config;
    try {
      Settings settings = options.load();
      config = NodeConfig.from(settings.root());
      settings.check();
      well("configuration", settings.inForce().size() + " settings in force");
    } catch (FairwayException e) {
      ill("configuration", String.valueOf(e.getMessage()));
      return 2;
    }
    config.automation().config().heard().forEach((integration, heard) -> well("automation.rights." + integration,
        heard.patterns().isEmpty()
            ? "is told of no events of the journal"
            : "is told of " + String.join(", ", heard.patterns()) + " of the journal, and of nothing else there"));
    checkDisk(config.dir());
    checkDatabase(config);
    checkDocuments(config);
    config.doors().distinct().forEach(this::checkPort);
    config.peers().forEach(this::checkPeer);
    config.exchange().ethereum().forEach((id, way) -> checkChain(id, way, config.jurisdiction()));
    config.datatrust().forEach(this::checkMarket);
    config.connectors().topics().ifPresent(topics -> {
      checkKafka(topics.broker());
      checkTopics(topics, config.connectors().specifications());
    });
    return sick ? 1 : 0;
  }

  private void checkDisk(Path dir) {
    try {
      Files.createDirectories(dir);
      Path probe = Files.createTempFile(dir, "doctor", ".bin");
      int rounds = 50;
      long start = System.nanoTime();
      try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
        for (int i = 0; i < rounds; i++) {
          channel.write(ByteBuffer.allocate(4_096), i * 4_096L);
          channel.force(false);
        }
      } finally {
        Files.delete(probe);
      }
      double perSecond = rounds / ((System.nanoTime() - start) / 1e9);
      String figure = "%.0f synced writes a second under %s".formatted(perSecond, dir);
      if (perSecond > 50_000) {
        ill("disk",
            figure + ": that is faster than disks are; this folder may not survive a power cut, use one on a disk");
      } else if (perSecond < 20) {
        ill("disk", figure + ": every commit will be slow; use a faster disk");
      } else {
        well("disk", figure);
      }
      long free = Files.getFileStore(dir).getUsableSpace();
      if (free < LEAST_FREE) {
        ill("space", (free >> 20) + " MiB are free under " + dir + "; make room, a node needs at least "
            + (LEAST_FREE >> 20) + " MiB");
      } else {
        well("space", (free >> 20) + " MiB free");
      }
    } catch (IOException e) {
      ill("disk", "cannot write under " + dir + " (" + Why.inWords(e) + "); give the node a folder it owns with dir:");
    }
  }

  private void checkDatabase(NodeConfig config) {
    if (!(config.storage() instanceof StorageConfig.Postgres postgres)) {
      well("database", "embedded, in " + config.dir());
      return;
    }
    DriverManager.setLoginTimeout(5);
    try (
        Connection connection = DriverManager.getConnection(postgres.url(), postgres.user(),
            postgres.password().reveal());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version(), current_setting('fsync'), now()")) {
      row.next();
      if ("off".equals(row.getString(2))) {
        ill("database", "fsync is off in this PostgreSQL: acknowledged messages can be lost; set fsync = on");
      } else {
        well("database", row.getString(1));
      }
      checkClock("database", row.getTimestamp(3).toInstant());
    } catch (SQLException e) {
      ill("database", "cannot use " + postgres.url() + " as " + postgres.user() + ": " + e.getMessage()
          + "; check store.url, store.user and store.password, and that it runs");
    }
  }

  private void checkDocuments(NodeConfig config) {
    if (config.bucket().isEmpty()) {
      if (config.storage() instanceof StorageConfig.Postgres) {
        say("note", "documents", "are kept under " + config.dir() + "; several processes on one database need a folder"
            + " that all of them see there, or a bucket (store.bucket)");
      }
      return;
    }
    try (S3Blobs bucket = new S3Blobs(config.bucket().get().under("doctor"), config.dir().resolve("spool"),
        BUCKET_SILENCE)) {
      Blob probe = bucket.write(new ByteArrayInputStream(new byte[]{'?'}), 1, List.of());
      bucket.delete(probe.id());
      well("documents", "bucket " + config.bucket().get().bucket() + " takes and gives back");
    } catch (FairwayException | IOException e) {
      ill("documents", String.valueOf(e.getMessage()));
    }
  }

  private void checkPort(String key, WebConfig listener) {
    String address = listener.host() + ":" + listener.port();
    String what = key.equals(DoorSettings.NODE) ? "port" : "port of " + key.replace(".listen", "");
    Ports.trouble(listener).ifPresentOrElse(
        why -> ill(what,
            address + " cannot be used (" + why + "); stop what uses it, or choose another with " + key + ":"),
        () -> well(what, address + " is free"));
  }

  private void checkChain(String id, ExchangeSettings.Way.Ethereum way, Jurisdiction own) {
    String name = "channel " + id;
    try (EthereumRpc rpc = new EthereumRpc(way.chain().rpc())) {
      Address account = way.chain().signer().address();
      well(name, rpc.check() + " answers, on chain " + rpc.chainId());
      if (rpc.balance(account).signum() == 0) {
        ill(name, "account " + account + " has nothing to pay for gas with; send it some");
      }
      if (way.contract().isEmpty()) {
        ill(name, "has no contract; make one with \"fairway channel deploy " + id + "\"");
        return;
      }
      List<String> faults = ChannelExamination.faults(rpc, way.contract().get(), own, account,
          way.participants());
      faults.forEach(fault -> ill(name, fault));
      if (faults.isEmpty()) {
        well(name, "contract " + way.contract().get() + " is ours, and all participants have named theirs");
      }
    } catch (FairwayException | RpcException e) {
      ill(name, String.valueOf(e.getMessage()));
    }
  }

  private void checkMarket(DatatrustSettings settings) {
    try (EthereumRpc rpc = new EthereumRpc(settings.chain().rpc())) {
      Address account = settings.chain().signer().address();
      well(settings.section(), rpc.check() + " answers, on chain " + rpc.chainId());
      settings.contracts().byName().values().forEach(rpc::requireCode);
      if (rpc.balance(account).signum() == 0) {
        ill(settings.section(), "account " + account + " has nothing to pay for gas with; send it some");
      }
      Optional<Address> backend = MarketReader.latest(rpc, settings.contracts()).backend();
      if (backend.equals(Optional.of(account))) {
        well(settings.section(), "account " + account + " is the registered datatrust");
      } else {
        ill(settings.section(), "account " + account + " is not the registered datatrust, "
            + backend.map(other -> other + " is").orElse("nobody is") + "; run \"fairway datatrust register\"");
      }
    } catch (FairwayException | RpcException e) {
      ill(settings.section(), String.valueOf(e.getMessage()));
    }
  }

  private void checkKafka(Broker broker) {
    try {
      well("connectors.kafka", broker.check() + " answers");
    } catch (FairwayException e) {
      ill("connectors.kafka", String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void checkTopics(CollectionTopics topics, List<Path> specifications) {
    try {
      Sealed sealed = Sealed.fromEnvironment(System.getenv(), Clock.systemUTC());
      List<String> names = specifications.stream()
          .flatMap(path -> FlowFile.read(path, sealed).collections().keySet().stream()).distinct().toList();
      topics.requireNames(names);
      topics.idle(names).forEach(name -> ill("connectors.kafka.collections",
          name + " stands for no collection of connectors.flows; check its spelling"));
    } catch (FairwayException e) {
      ill("connectors.kafka", String.valueOf(e.getMessage()));
    }
  }

  private void checkPeer(String name, URI address) {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build()) {
      HttpResponse<Void> answer = client.send(
          HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5))
              .method("HEAD", HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.discarding());
      well(name, address + " answers");
      answer.headers().firstValue("Date").flatMap(DoctorCommand::parseDate).ifPresent(time -> checkClock(name, time));
    } catch (IOException | IllegalArgumentException e) {
      ill(name,
          address + " does not answer (" + Why.inWords(e) + "); check the address, and that the partner's node runs");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Instant> parseDate(String text) {
    try {
      return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void checkClock(String whose, Instant theirs) {
    Duration apart = Duration.between(theirs, Instant.now()).abs();
    if (apart.compareTo(CLOCK_TOLERANCE) > 0) {
      ill("clock", "differs from that of " + whose + " by " + apart.toSeconds()
          + " s; tokens may be refused. Let a time service (NTP) set it");
    }
  }

  private void well(String what, String text) {
    say("ok  ", what, text);
  }

  private void ill(String what, String text) {
    sick = true;
    say("MEND", what, text);
  }

  private void say(String mark, String what, String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(mark + "  " + what + ": " + text);
  }
}
