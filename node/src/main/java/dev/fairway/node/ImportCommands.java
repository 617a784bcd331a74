package dev.fairway.node;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.exchange.moving.FolderObjects;
import dev.fairway.exchange.moving.MovingIn;
import dev.fairway.exchange.moving.OldOutbox;
import dev.fairway.node.config.Settings;
import dev.fairway.store.SqlStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes over what other programs kept. */
@Command(name = "import", description = "Take over what an older node kept.", subcommands = ImportCommands.Intergov.class)
final class ImportCommands {
  private ImportCommands() {}

  @Command(name = "intergov", mixinStandardHelpOptions = true, description = "Take over the messages, documents, rights and subscriptions of an intergov node.", footer = {
      "",
      "Copy its buckets, messagelake, objectlake, acl and subscriptions, into a folder first, each under its name:",
      "  aws s3 sync s3://messagelake old/messagelake",
      "  fairway import intergov --folder old --config fairway.yaml --dry-run", "",
      "What was taken over before is recognised, so it may be interrupted and run again. A node on an embedded store "
          + "must not be running meanwhile. With --outbox, messages the older node had not begun to send are sent; of one "
          + "that it may have sent nobody can know here, and it is listed instead. Subscribers are asked when the node starts "
          + "whether they mean it.",
      "", "Example:",
      "  fairway import intergov --folder old --config fairway.yaml --outbox jdbc:postgresql://host/database"}, exitCodeList = {
          "0:all taken over", "1:something was left out", "2:the request itself was wrong"})
  static final class Intergov implements Callable<Integer> {
    @Mixin
    ServeCommand.ConfigOptions options = new ServeCommand.ConfigOptions();
    @Option(names = "--folder", required = true, paramLabel = "DIR", description = "where the buckets were copied to")
    Path folder = Path.of("");
    @Option(names = "--messages", paramLabel = "BUCKET", defaultValue = "messagelake", description = "the bucket of messages (default: ${DEFAULT-VALUE})")
    String messages = "";
    @Option(names = "--objects", paramLabel = "BUCKET", defaultValue = "objectlake", description = "the bucket of documents (default: ${DEFAULT-VALUE})")
    String objects = "";
    @Option(names = "--rights", paramLabel = "BUCKET", defaultValue = "acl", description = "the bucket of rights to read (default: ${DEFAULT-VALUE})")
    String rights = "";
    @Option(names = "--subscriptions", paramLabel = "BUCKET", defaultValue = "subscriptions", description = "the bucket of subscriptions (default: ${DEFAULT-VALUE})")
    String subscriptions = "";
    @Option(names = "--outbox", paramLabel = "JDBC-URL", description = "the older node's outbox, jdbc:postgresql://host:port/database")
    @Nullable
    String outbox;
    @Option(names = "--outbox-user", paramLabel = "USER", defaultValue = "postgres", description = "who reads the outbox (default: ${DEFAULT-VALUE})")
    String user = "";
    @Option(names = "--outbox-password", paramLabel = "PASSWORD", defaultValue = "${FAIRWAY_OUTBOX_PASSWORD:-}", description = "that user's password (also from FAIRWAY_OUTBOX_PASSWORD)")
    String password = "";
    @Option(names = "--dry-run", description = "read and check everything, and keep nothing")
    boolean dryRun;
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      Settings settings = options.load();
      NodeConfig config = NodeConfig.from(settings.root());
      settings.check();
      var buckets = new MovingIn.Buckets(messages, objects, rights, subscriptions);
      requireOne(buckets);
      List<MovingIn.Tally> tallies;
      try (OldOutbox old = outbox == null ? OldOutbox.none() : OldOutbox.open(outbox, user, new Secret(password));
          SqlStore store = SqlStore.open(config.storage(), Clock.systemUTC(), Node.ROOMS);
          BlobHomes homes = new BlobHomes(config)) {
        tallies = new MovingIn(store, homes.in("blobs"), config.jurisdiction(),
            Clock.systemUTC(), dryRun, new Progress(spec.commandLine().getErr()))
            .run(new FolderObjects(folder), buckets, old);
      }
      PrintWriter out = spec.commandLine().getOut();
      for (MovingIn.Tally tally : tallies) {
        out.printf("%-15s %8d %s %8d here before %8d left out%n", tally.kind(), tally.taken(),
            dryRun ? "to be taken over" : "taken over", tally.known(), tally.left());
      }
      return tallies.stream().allMatch(tally -> tally.left() == 0) ? 0 : 1;
    }

    private void requireOne(MovingIn.Buckets buckets) {
      List<String> names = List.of(buckets.messages(), buckets.objects(), buckets.rights(), buckets.subscriptions());
      if (names.stream().noneMatch(name -> Files.isDirectory(folder.resolve(name)))) {
        throw new FairwayException(ErrorCode.INVALID, "there is none of the folders " + names + " in " + folder
            + "; copy the buckets there, or name them with --messages, --objects, --rights and --subscriptions");
      }
    }
  }

  /** A line for each thing left out, and one every so often. */
  private record Progress(PrintWriter err) implements MovingIn.Watcher {
    private static final long EVERY = 10_000;

    @Override
    public void leftOut(String bucket, String key, String why) {
      err.println(
          "left out: " + bucket + "/" + key.replaceAll("\\p{Cntrl}", "?") + " " + why.replaceAll("\\p{Cntrl}", "?"));
    }

    @Override
    public void done(String kind, long number) {
      if (number % EVERY == 0) {
        err.println(number + " " + kind);
      }
    }
  }
}
