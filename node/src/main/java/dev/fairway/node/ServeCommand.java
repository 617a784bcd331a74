package dev.fairway.node;

import dev.fairway.node.config.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a node until it is told to stop. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Run a node.", footer = {"",
    "When it takes requests it prints \"fairway ready http://HOST:PORT\" on standard output; everything else goes "
        + "to standard error. SIGTERM drains and stops it.",
    "", "Example:",
    "  fairway serve --jurisdiction AU --profile dev --dir data/au"})
final class ServeCommand implements Callable<Integer> {
  @Mixin
  ConfigOptions options = new ConfigOptions();
  @Spec
  CommandSpec spec = CommandSpec.create();

  /** Where settings come from; what is given here wins over the file. */
  static final class ConfigOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "settings file (default: none, all defaults)")
    @Nullable
    Path config;
    @Option(names = "--jurisdiction", paramLabel = "CC", description = "who we are, two upper-case letters (default: as the settings file says, else AU)")
    @Nullable
    String jurisdiction;
    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "where to listen; port 0 picks one (default: as the settings file says, else 127.0.0.1:8080)")
    @Nullable
    String listen;
    @Option(names = "--dir", paramLabel = "DIR", description = "where the node keeps its data (default: as the settings file says, else data)")
    @Nullable
    Path dir;
    @Option(names = "--profile", paramLabel = "dev|production", description = "dev runs without authentication, on loopback only (default: as the settings file says, else production)")
    @Nullable
    String profile;

    Settings load() {
      Map<String, String> given = new LinkedHashMap<>();
      put(given, "jurisdiction", jurisdiction);
      put(given, "listen", listen);
      put(given, "dir", dir == null ? null : dir.toAbsolutePath().toString());
      put(given, "profile", profile);
      return Settings.load(Optional.ofNullable(config), given, System::getenv);
    }

    private static void put(Map<String, String> given, String key, @Nullable String value) {
      if (value != null) {
        given.put(key, value);
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = options.load();
    NodeConfig config = NodeConfig.from(settings.root());
    settings.check();
    Node node = Node.start(config);
    Thread stop = new Thread(node::close, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    spec.commandLine().getOut().println("fairway ready " + node.url());
    node.awaitStop();
    return 0;
  }
}
