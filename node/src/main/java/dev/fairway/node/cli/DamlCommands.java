package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.daml.dar.Dar;
import dev.fairway.daml.dar.DarReader;
import dev.fairway.daml.openapi.OpenApiGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Daml: typed requests from the description of an API, and a look into DARs. */
@Command(name = "daml", description = "Make typed requests of an API's description; look into DARs.", subcommands = {
    DamlCommands.Generate.class, DamlCommands.Inspect.class})
public final class DamlCommands {
  private DamlCommands() {}

  @Command(name = "generate", mixinStandardHelpOptions = true, description = "Make Daml templates, Java types and a mapping of an API's description (OpenAPI 2.0, 3.0, 3.1).", footer = {
      "", "Example:", "  fairway daml generate --openapi jira.json --module Jira --out generated"})
  static final class Generate implements Callable<Integer> {
    @Option(names = "--openapi", required = true, paramLabel = "FILE", description = "the description, JSON or YAML")
    Path description = Path.of("");
    @Option(names = "--out", paramLabel = "DIR", defaultValue = "generated", description = "where to (default: ${DEFAULT-VALUE})")
    Path out = Path.of("generated");
    @Option(names = "--module", defaultValue = "Api", description = "the Daml module (default: ${DEFAULT-VALUE})")
    String module = "Api";
    @Option(names = "--java-package", defaultValue = "api", description = "the Java package (default: ${DEFAULT-VALUE})")
    String javaPackage = "api";
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
      OpenApiGenerator.Generated generated;
      try {
        generated = new OpenApiGenerator(new OpenApiGenerator.Options(module, javaPackage))
            .generate(Files.readAllBytes(description));
      } catch (IllegalArgumentException e) {
        throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
      }
      for (Map.Entry<String, String> file : generated.files().entrySet()) {
        Path target = out.resolve(file.getKey());
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.writeString(target, file.getValue());
      }
      generated.notes().forEach(note -> spec.commandLine().getErr().println("note: " + note));
      int files = generated.files().size();
      spec.commandLine().getOut().println("wrote " + files + (files == 1 ? " file" : " files") + " to " + out);
      return 0;
    }
  }

  @Command(name = "inspect", mixinStandardHelpOptions = true, description = "Print the packages and templates of a DAR; every hash is checked.", footer = {
      "", "Example:", "  fairway daml inspect model.dar"})
  static final class Inspect implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "a DAR")
    Path file = Path.of("");
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Dar dar = new DarReader().read(file);
      PrintWriter out = spec.commandLine().getOut();
      out.println("main package " + dar.main().id() + " " + dar.main().name().orElse("") + " "
          + dar.main().version().orElse("") + ", Daml-LF " + dar.main().languageVersion());
      dar.main().modules().forEach(module -> module.templates().forEach(template -> {
        out.println("  " + module.name() + ":" + template.name());
        template.choices().forEach(choice -> out.println("    " + choice.name() + (choice.consuming()
            ? " (consuming)"
            : "")));
      }));
      out.println(dar.dependencies().size() + " further packages");
      return 0;
    }
  }
}
