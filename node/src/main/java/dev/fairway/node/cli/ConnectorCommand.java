package dev.fairway.node.cli;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.Preview;
import dev.fairway.connectors.SealCommands;
import dev.fairway.connectors.oauth.SignIn;
import dev.fairway.connectors.packaging.ImageContext;
import dev.fairway.connectors.packaging.NewConnector;
import dev.fairway.connectors.packaging.Upstream;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.HumanTime;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/**
 * What a person does with one connector at a time. Data goes to standard output, one compact JSON value a line; the
 * connector's logs and everything else to standard error.
 */
@Command(name = "connector", mixinStandardHelpOptions = true, description = "Make, try and package connectors.", footer = {
    "",
    "A task comes from a Flow specification file; without a name it is the only one in there. Data goes to standard "
        + "output, one compact JSON value a line; the connector's logs go to standard error."})
public final class ConnectorCommand {
  @Spec
  CommandSpec spec = CommandSpec.create();

  /** Which task is meant. */
  static final class Task {
    @Option(names = "--source", paramLabel = "FILE", defaultValue = "test.flow.yaml", description = "Flow specification file (default: ${DEFAULT-VALUE})")
    Path source = Path.of("test.flow.yaml");
    @Option(names = {"--name", "--capture", "--derivation",
        "--materialization"}, paramLabel = "TASK", description = "which task of it")
    @Nullable
    String name;

    @Option(names = "--allow-private", description = "call the provider of the credentials although its address is private, or plain http")
    boolean allowPrivate;

    Optional<String> name() {
      return Optional.ofNullable(name);
    }

    /** Which providers may be called. */
    EgressPolicy policy() {
      return allowPrivate ? EgressPolicy.trusting() : EgressPolicy.guarded();
    }
  }

  /** A time span as specification files write it. */
  static final class Span implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return HumanTime.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Command(name = "spec", mixinStandardHelpOptions = true, description = "Print what a connector says of itself: schemas of its configuration, documentation, sign-in.", footer = {
      "", "Example:", "  fairway connector spec"})
  int spec(@Mixin Task task) throws Exception {
    return with(task, commands -> commands.spec(task.source, task.name()));
  }

  @Command(name = "discover", mixinStandardHelpOptions = true, description = "Find what can be captured, and add it to the specification file. What is there already stays as it is.", footer = {
      "", "Example:", "  fairway connector discover --source flow.yaml"})
  int discover(@Mixin Task task,
      @Option(names = "--emit-raw", description = "print a line per binding instead, and leave the file alone") boolean raw)
      throws Exception {
    return with(task, commands -> commands.discover(task.source, task.name(), raw));
  }

  @Command(name = "validate", mixinStandardHelpOptions = true, description = "Ask the connector whether the task would work; prints the resource path of each binding.", footer = {
      "", "Example:", "  fairway connector validate"})
  int validate(@Mixin Task task) throws Exception {
    return with(task, commands -> commands.validate(task.source, task.name()));
  }

  @Command(name = "capture", mixinStandardHelpOptions = true, description = "Run a capture once from the beginning; prints COLLECTION DOCUMENT per line.", footer = {
      "", "Example:", "  fairway connector capture"})
  int capture(@Mixin Task task,
      @Option(names = "--print-checkpoint", description = "print the state too, after each checkpoint") boolean checkpoints)
      throws Exception {
    return with(task, commands -> commands.capture(task.source, task.name(), checkpoints));
  }

  @Command(name = "preview", mixinStandardHelpOptions = true, description = "Run a capture and print its documents as [\"collection\",{document}].", footer = {
      "",
      "Documents are printed at each checkpoint, the last of each key. Their /_meta/uuid is a placeholder, so that two "
          + "runs compare equal. Nothing is kept.",
      "", "Example:",
      "  fairway connector preview --sessions 2,-1 --output-state"})
  int preview(@Mixin Task task,
      @Option(names = "--sessions", split = ",", defaultValue = "-1", paramLabel = "N", description = "transactions of each session, such as 1,2,-1; -1 for all (default: ${DEFAULT-VALUE})") List<Integer> sessions,
      @Option(names = "--delay", defaultValue = "0s", converter = Span.class, description = "wait after each transaction (default: ${DEFAULT-VALUE})") Duration delay,
      @Option(names = "--timeout", defaultValue = "5m", converter = Span.class, description = "end a session without a transaction after so long (default: ${DEFAULT-VALUE})") Duration timeout,
      @Option(names = "--initial-state", defaultValue = "{}", paramLabel = "JSON", description = "where to begin (default: ${DEFAULT-VALUE})") String state,
      @Option(names = "--output-state", description = "print [\"connectorState\",…] after each transaction, and the whole state at the end") boolean outputState,
      @Option(names = "--output-apply", description = "print [\"applied.actionDescription\",…]") boolean outputApply)
      throws Exception {
    return with(task, commands -> commands.preview(task.source, task.name(),
        new Preview.Options(sessions, delay, timeout, json("--initial-state", state)), outputState, outputApply));
  }

  @Command(name = "materialize", mixinStandardHelpOptions = true, description = "Run a materialization to the end of what there is: the captures of the file that feed it, then the destination.", footer = {
      "", "A fixture is a JSON array of transactions, each an array of [\"collection\",{document}].", "", "Example:",
      "  fairway connector materialize --source to-sqlite.flow.yaml --dir kept"})
  int materialize(@Mixin Task task,
      @Option(names = "--fixture", paramLabel = "FILE", description = "take documents from here instead of from captures") @Nullable Path fixture,
      @Option(names = "--dir", paramLabel = "DIR", description = "keep collections and states here, and go on from there the next time") @Nullable Path dir,
      @Option(names = "--timeout", defaultValue = "5m", converter = Span.class, description = "end a capture after so long (default: ${DEFAULT-VALUE})") Duration timeout)
      throws Exception {
    return with(task, commands -> commands.materialize(task.source, task.name(), Optional.ofNullable(fixture),
        Optional.ofNullable(dir), timeout));
  }

  @Command(name = "derive", mixinStandardHelpOptions = true, description = "Run a derivation to the end of what there is and print its documents: the captures of the file that feed it, then the derivation.", footer = {
      "",
      "A fixture is a JSON array of transactions, each an array of [\"collection\",{document}]. Documents are printed one a",
      "line; their /_meta/uuid is a placeholder, so that two runs compare equal.", "", "Example:",
      "  fairway connector derive --source test.flow.yaml --fixture fixture.json"})
  int derive(@Mixin Task task,
      @Option(names = "--fixture", paramLabel = "FILE", description = "take documents from here instead of from captures") @Nullable Path fixture,
      @Option(names = "--dir", paramLabel = "DIR", description = "keep collections and states here, and go on from there the next time") @Nullable Path dir,
      @Option(names = "--timeout", defaultValue = "5m", converter = Span.class, description = "end a capture after so long (default: ${DEFAULT-VALUE})") Duration timeout)
      throws Exception {
    return with(task, commands -> commands.derive(task.source, task.name(), Optional.ofNullable(fixture),
        Optional.ofNullable(dir), timeout));
  }

  @Command(name = "oauth", mixinStandardHelpOptions = true, description = "Sign in at the connector's provider; prints the credentials that belong into its configuration.", footer = {
      "", "The provider must know http://localhost:PORT/ as a redirect of the application.", "", "Example:",
      "  fairway connector oauth --client-id ID --client-secret-file application.secret"})
  int oauth(@Mixin Task task,
      @Option(names = "--client-id", required = true, paramLabel = "ID", description = "the application, as the provider knows it") String clientId,
      @Option(names = "--client-secret-file", required = true, paramLabel = "FILE", description = "holds the application's secret, which does not belong on a command line") Path secret,
      @Option(names = "--endpoint-config", defaultValue = "{}", paramLabel = "JSON", description = "the configuration, as far as it is known without credentials (default: ${DEFAULT-VALUE})") String config,
      @Option(names = "--injected-values", defaultValue = "{}", paramLabel = "JSON", description = "more values for the exchange (default: ${DEFAULT-VALUE})") String injected,
      @Option(names = "--port", defaultValue = "16963", description = "where the redirect is awaited (default: ${DEFAULT-VALUE})") int port)
      throws Exception {
    SignIn.Application application = new SignIn.Application(clientId, new Secret(Files.readString(secret).strip()));
    try (OutboundClient outbound = new OutboundClient(OutboundConfig.defaults(), task.policy())) {
      return with(task,
          commands -> commands.oauth(task.source, task.name(), application, json("--endpoint-config", config),
              json("--injected-values", injected), port, outbound));
    }
  }

  @Command(name = "seal", mixinStandardHelpOptions = true, description = "Encrypt a configuration file in place, as sops does.", footer = {
      "",
      "Values of members whose names end with the suffix are sealed; the rest stays readable. The connector sees the "
          + "names without the suffix.",
      "", "Example:",
      "  fairway connector seal --age age1… --encrypted-suffix _sops connector_config.yaml"})
  int seal(@Parameters(paramLabel = "FILE", description = "JSON or YAML") Path file,
      @Option(names = "--age", split = ",", required = true, paramLabel = "RECIPIENT", description = "who can open it: age1…") List<String> recipients,
      @Option(names = "--encrypted-suffix", defaultValue = "_sops", description = "which members are sealed (default: ${DEFAULT-VALUE})") String suffix)
      throws Exception {
    sealing().seal(file, recipients, suffix);
    return 0;
  }

  @Command(name = "unseal", mixinStandardHelpOptions = true, description = "Print a sealed file in the clear, as its connector sees it.", footer = {
      "", "Keys come from SOPS_AGE_KEY, from the file SOPS_AGE_KEY_FILE, or from ~/.config/sops/age/keys.txt.", "",
      "Example:", "  fairway connector unseal connector_config.yaml"})
  int unseal(@Parameters(paramLabel = "FILE", description = "a sealed file") Path file) throws Exception {
    sealing().unseal(file);
    return 0;
  }

  @Command(name = "keygen", mixinStandardHelpOptions = true, description = "Make an age key that opens sealed files; prints its recipient.", footer = {
      "", "Example:", "  fairway connector keygen keys.txt"})
  int keygen(@Parameters(paramLabel = "FILE", description = "where the key is kept, readable by you alone") Path file)
      throws Exception {
    sealing().keygen(file);
    return 0;
  }

  @Command(name = "new", mixinStandardHelpOptions = true, description = "Begin a connector in Java: a folder that runs as it is.", footer = {
      "", "The folder's name tells what it does: source-… captures, materialize-… materializes.", "", "Example:",
      "  fairway connector new source-weather"})
  int begin(@Parameters(paramLabel = "FOLDER", description = "made here; its name is the connector's") Path folder)
      throws IOException {
    NewConnector.write(folder);
    spec.commandLine().getErr().println("made " + folder + "; see its README.md");
    return 0;
  }

  @Command(name = "build", mixinStandardHelpOptions = true, description = "Make the folder from which a container engine builds the connector's image.", footer = {
      "", "Prints {\"context\":…,\"image\":…}. Test configurations never get into it.", "", "Example:",
      "  fairway connector build --registry ghcr.io/acme"})
  int build(
      @Parameters(paramLabel = "FOLDER", defaultValue = ".", description = "the connector (default: here)") Path connector,
      @Option(names = "--out", paramLabel = "DIR", description = "where to make it (default: target/image in the connector)") @Nullable Path out,
      @Option(names = "--registry", defaultValue = "ghcr.io/acme", description = "what the image's name begins with (default: ${DEFAULT-VALUE})") String registry)
      throws IOException {
    ImageContext context = ImageContext.build(connector, out == null ? connector.resolve("target/image") : out,
        registry);
    spec.commandLine().getOut().println(Json.text(
        Json.object().put("context", context.folder().toString()).put("image", context.image())));
    spec.commandLine().getErr()
        .println("docker build --platform linux/amd64 --tag " + context.image() + " " + context.folder());
    return 0;
  }

  @Command(name = "pull", mixinStandardHelpOptions = true, description = "Bring a connector of another repository in-tree, with its licence and commit on record; again to take over what changed.", footer = {
      "", "Example:",
      "  fairway connector pull https://github.com/big/data.git main path/to/source-foobar source-bigdata MIT LICENSE"})
  int pull(
      @Parameters(index = "0", paramLabel = "REMOTE", description = "git remote, by name or address") String remote,
      @Parameters(index = "1", paramLabel = "REF", description = "branch, tag or commit there") String ref,
      @Parameters(index = "2", paramLabel = "SOURCE", description = "folder there") String source,
      @Parameters(index = "3", paramLabel = "DESTINATION", description = "folder here, from the top of the repository") String destination,
      @Parameters(index = "4", paramLabel = "LICENSE", description = "its SPDX identifier") String license,
      @Parameters(index = "5", paramLabel = "LICENSE-FILE", description = "where its text is there") String licenseFile)
      throws InterruptedException {
    Optional<String> imported = new Upstream(remote, ref, source, destination, license, licenseFile).pull(Path.of("."));
    spec.commandLine().getErr().println(imported.map(commit -> "imported " + commit + " as " + destination)
        .orElse("nothing new at " + ref));
    return 0;
  }

  private SealCommands sealing() {
    return new SealCommands(spec.commandLine().getOut(), spec.commandLine().getErr(),
        Sealed.fromEnvironment(System.getenv(), Clock.systemUTC()));
  }

  private int with(Task task, Act act) throws Exception {
    Path scratch = Files.createTempDirectory("fairway-connector-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      act.run(new ConnectorCommands(spec.commandLine().getOut(), spec.commandLine().getErr(),
          Sealed.fromEnvironment(System.getenv(), Clock.systemUTC()), scratch,
          KeptCredentials.ofUser(System.getenv(), task.policy())));
      return 0;
    } finally {
      delete(scratch);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static JsonNode json(String option, String text) {
    try {
      return Json.parse(text);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, option + ": " + e.getMessage(), e);
    }
  }

  private interface Act {
    void run(ConnectorCommands commands) throws Exception;
  }
}
