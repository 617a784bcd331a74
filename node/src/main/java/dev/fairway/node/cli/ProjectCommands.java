package dev.fairway.node.cli;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.pack.DitFile;
import dev.fairway.automation.project.Catalog;
import dev.fairway.automation.project.Project;
import dev.fairway.automation.project.Scaffold;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.daml.dar.DamlPackage;
import dev.fairway.daml.dar.DarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What an author of an integration does in a project's folder. */
public final class ProjectCommands {
  private ProjectCommands() {}

  /** What every command on a project has. */
  abstract static class InProject {
    @Option(names = {"-C",
        "--project"}, paramLabel = "DIR", defaultValue = ".", description = "the project's folder (default: this one)")
    Path folder = Path.of(".");
    @Spec
    CommandSpec spec = CommandSpec.create();

    Project project() {
      return new Project(folder);
    }

    PrintWriter out() {
      return spec.commandLine().getOut();
    }
  }

  /** The main package of a DAR. */
  public static PackageMetadata.DamlModel model(byte[] bytes) {
    DamlPackage main = new DarReader().read(new ByteArrayInputStream(bytes)).main();
    return new PackageMetadata.DamlModel(main.name().orElse("unnamed"), main.version().orElse("0.0.0"), main.id());
  }

  /** How a project is built when nothing more is said. */
  public static Project.Build how(boolean force, boolean skipTests, List<Path> subdeployments) {
    return new Project.Build(force, skipTests, subdeployments, LocalDate.now(Clock.systemUTC()),
        ProjectCommands::model);
  }

  @Command(name = "new", mixinStandardHelpOptions = true, description = "Make the folder of a new integration: it builds and passes its test at once.", footer = {
      "", "Example:", "  fairway integration new hello-desk"})
  static final class New implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "lower case, hyphens between words; ledger-quota with --sample")
    String name = "";
    @Option(names = "--sample", description = "make the sample of that name: ledger-quota answers requests")
    boolean sample;
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      if (sample && !name.equals("ledger-quota")) {
        throw new FairwayException(ErrorCode.INVALID, "no sample " + name + "; there is ledger-quota");
      }
      Path here = Path.of("").toAbsolutePath();
      Project made = sample ? Scaffold.ledgerQuota(here) : Scaffold.make(here, name);
      spec.commandLine().getOut().println("made " + made.folder());
      spec.commandLine().getOut().println("next: cd " + name + "; fairway integration build");
      return 0;
    }
  }

  @Command(name = "build", mixinStandardHelpOptions = true, description = "Compile, test and pack the integration in this folder.", footer = {
      "", "Example:", "  fairway integration build -C hello-desk"})
  static final class BuildPackage extends InProject implements Callable<Integer> {
    @Option(names = "--force", description = "write over a package that is there")
    boolean force;
    @Option(names = "--skip-tests", description = "do not run its tests")
    boolean skipTests;
    @Option(names = "--subdeployment", paramLabel = "FILE", arity = "1..*", description = "further files for the package")
    List<Path> subdeployments = new ArrayList<>();
    @Option(names = "--integration", description = "fail when it has no integration types")
    boolean integration;

    @Override
    public Integer call() throws IOException {
      if (integration && project().metadata().types().isEmpty()) {
        throw new FairwayException(ErrorCode.INVALID, "the project has no integration types");
      }
      Project.Built built = project().build(how(force, skipTests, subdeployments), out());
      built.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
      built.tests().ifPresent(tests -> out().println("tests: " + tests.passed() + " passed"));
      out().println("built " + built.file().getFileName());
      out().println("Artifact hash:  " + built.hash());
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Check and print what the project says of itself.", footer = {
      "", "Example:", "  fairway integration show -C hello-desk"})
  static final class Show extends InProject implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      describe(project().metadata(), out());
      return 0;
    }
  }

  @Command(name = "inspect", mixinStandardHelpOptions = true, description = "Print what a built package says of itself; nothing of it is run.", footer = {
      "", "Example:", "  fairway integration inspect hello-desk-0.1.0.dit"})
  static final class Inspect implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "a package, NAME-VERSION.dit")
    Path file = Path.of("");
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      if (!Files.isRegularFile(file)) {
        throw new FairwayException(ErrorCode.INVALID, "no file " + file);
      }
      PrintWriter out = spec.commandLine().getOut();
      DitFile dit = DitFile.open(file);
      out.println("Artifact hash:  " + dit.hash());
      out.println();
      describe(dit.metadata(), out);
      List<String> parts = dit.metadata().subdeployments();
      out.println(parts.isEmpty() ? "Subdeployments: None" : "Subdeployments:");
      for (String part : parts) {
        out.println("   " + part + " " + dit.read(part)
            .map(bytes -> "(" + bytes.length + " bytes, " + DitFile.hash(bytes) + ")").orElse("(MISSING)"));
      }
      return 0;
    }
  }

  private static void describe(PackageMetadata metadata, PrintWriter out) {
    metadata.warnings().forEach(warning -> out.println("warning: " + warning));
    out.println("Package Catalog:");
    metadata.catalog().ifPresent(catalog -> {
      out.println("   name : " + catalog.name());
      out.println("   version : " + catalog.version());
      out.println("   description : " + catalog.description().strip());
      out.println("   short_description : " + catalog.shortDescription());
      out.println("   experimental : " + catalog.experimental());
      out.println("   tags : " + catalog.tags());
      catalog.more().entrySet().stream().sorted(Map.Entry.comparingByKey())
          .forEach(more -> out.println("   " + more.getKey() + " : " + more.getValue()));
    });
    out.println();
    metadata.damlModel().ifPresentOrElse(model -> {
      out.println("Daml Model: " + model.name() + ":" + model.version());
      out.println("   package id: " + model.mainPackageId());
    }, () -> out.println("No Daml model information present"));
    out.println();
    out.println("Integration Types:");
    metadata.types().forEach(type -> out.println("   " + type.id() + " - " + type.name()
        + (type.runsHere() ? "" : " (not runnable here: " + type.runtime().orElse(type.entrypoint()) + ")")));
    out.println();
  }

  @Command(name = "genargs", mixinStandardHelpOptions = true, description = "Write a file of settings for a type, to be filled in.", footer = {
      "", "Example:", "  fairway integration genargs hello-desk -C hello-desk"})
  static final class GenArgs extends InProject implements Callable<Integer> {
    @Parameters(paramLabel = "TYPE_ID", description = "one of the types in dit-meta.yaml")
    String type = "";
    @Option(names = "--args-file", paramLabel = "FILE", defaultValue = "int_args.yaml", description = "where to (default: ${DEFAULT-VALUE})")
    Path file = Path.of("int_args.yaml");
    @Option(names = "--force", description = "write over it when it is there")
    boolean force;

    @Override
    public Integer call() throws IOException {
      Path target = project().folder().resolve(file);
      String text = project().arguments(type);
      if (Files.exists(target) && !force) {
        throw new FairwayException(ErrorCode.CONFLICT, target + " is there already; use --force to write over it");
      }
      Files.writeString(target, text);
      out().println("wrote " + target);
      return 0;
    }
  }

  @Command(name = "targetname", mixinStandardHelpOptions = true, description = "Print the file name that build makes.", footer = {
      "", "Example:", "  fairway integration targetname"})
  static final class TargetName extends InProject implements Callable<Integer> {
    @Option(names = "--basename", description = "without .dit")
    boolean basename;

    @Override
    public Integer call() throws IOException {
      String name = project().target().getFileName().toString();
      out().println(basename ? name.substring(0, name.length() - ".dit".length()) : name);
      return 0;
    }
  }

  @Command(name = "version", aliases = "ditversion", mixinStandardHelpOptions = true, description = "Print the project's version.", footer = {
      "", "Example:", "  fairway integration version"})
  static final class Version extends InProject implements Callable<Integer> {
    @Option(names = "--final-version", description = "MAJOR.MINOR.PATCH only")
    boolean finalVersion;

    @Override
    public Integer call() throws IOException {
      String version = project().metadata().catalog().orElseThrow(() -> new FairwayException(ErrorCode.INVALID,
          "the project's metadata have no catalog")).version();
      out().println(finalVersion ? version.split("[-+]", 2)[0] : version);
      return 0;
    }
  }

  @Command(name = "release", aliases = "publish", mixinStandardHelpOptions = true, description = "Copy the built package into a catalog: a folder with an index, which any web server can serve.", footer = {
      "", "Example:", "  fairway integration release --catalog /srv/catalog"})
  static final class Release extends InProject implements Callable<Integer> {
    @Option(names = "--catalog", required = true, paramLabel = "DIR", description = "the catalog's folder; made when there is none")
    Path catalog = Path.of("");
    @Option(names = "--dry-run", description = "only say what would be done")
    boolean dryRun;
    @Option(names = "--force", description = "replace a release of the same version")
    boolean force;
    @Option(names = "--skip-if-present", description = "do nothing when that version is there")
    boolean skipIfPresent;

    @Override
    public Integer call() throws IOException {
      Path file = project().target();
      if (!Files.exists(file)) {
        throw new FairwayException(ErrorCode.INVALID,
            file.getFileName() + " is not built; run: fairway integration build");
      }
      DitFile dit = DitFile.open(file);
      Catalog index = new Catalog(catalog);
      String tag = Catalog.tag(dit);
      if (index.has(tag) && skipIfPresent) {
        out().println(tag + " is there already");
        return 0;
      }
      if (dryRun) {
        out().println("would release " + tag + " (" + dit.hash() + ") to " + catalog);
        return 0;
      }
      index.release(dit, force);
      out().println("released " + tag + " to " + catalog);
      return 0;
    }
  }

  @Command(name = "clean", mixinStandardHelpOptions = true, description = "Remove what was built.", footer = {"",
      "Example:", "  fairway integration clean"})
  static final class Clean extends InProject implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      project().clean();
      return 0;
    }
  }
}
