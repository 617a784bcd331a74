package dev.fairway.node.cli;

import dev.fairway.automation.project.Project;
import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Tries a project on a node of its own, made for it and kept in the project's {@code target} folder. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Build the integration and run it on a node of its own, until Ctrl-C.", footer = {
    "", "The node keeps its ledger in target/run, so what was made there is there again next time.", "", "Example:",
    "  fairway integration run hello-desk -C hello-desk --party bob --listen 127.0.0.1:8090"})
final class RunCommand extends ProjectCommands.InProject implements Callable<Integer> {
  @Parameters(paramLabel = "TYPE_ID", description = "one of the types in dit-meta.yaml")
  String type = "";
  @Mixin
  IntegrationCommands.Wanted wanted = new IntegrationCommands.Wanted();
  @Option(names = "--listen", paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:8080", description = "where that node listens; port 0 picks one (default: ${DEFAULT-VALUE})")
  String listen = "127.0.0.1:8080";

  @Override
  public Integer call() throws IOException, InterruptedException {
    Project project = project();
    project.type(type);
    Project.Built built = project.build(ProjectCommands.how(true, true, List.of()), out());
    built.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
    Path folder = project.folder().resolve("target/run");
    Files.createDirectories(folder);
    Path config = folder.resolve("fairway.yaml");
    Files.writeString(config, "profile: dev\nlisten: " + listen + "\ndir: .\n");
    CountDownLatch ended = new CountDownLatch(1);
    try (NodeProcess node = NodeProcess.serve(config, folder.resolve("node.log"))) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        node.close();
        ended.countDown();
      }, "stop"));
      Remote remote = new Remote();
      remote.node = node.start();
      JsonNode installed = remote.expect(remote.send("POST", "/api/packages", BodyPublishers.ofFile(built.file()),
          Map.of("Content-Type", "application/octet-stream")));
      JsonNode running = remote.expect(remote.send("PUT", "/api/integrations/" + type,
          BodyPublishers.ofString(wanted.body(installed.path("name").asString() + ":" + type).toString()),
          Map.of("Content-Type", "application/json")));
      tell(remote, running, folder);
      ended.await();
    }
    return 0;
  }

  private void tell(Remote remote, JsonNode running, Path folder) {
    PrintWriter out = out();
    out.println(type + " is " + running.path("state").asString() + " as " + wanted.party);
    out.println("integration ready " + remote.at("/integrations/" + type));
    out.println("  its log: " + folder.resolve("node.log"));
    out.println("  its state: fairway integration status " + type + " --node " + remote.node);
    out.println("  its ledger: fairway ledger contracts --party " + wanted.party + " --node " + remote.node);
    out.println("Press Ctrl-C to stop.");
    out.flush();
  }
}
