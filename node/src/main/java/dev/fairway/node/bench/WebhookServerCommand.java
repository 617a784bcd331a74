package dev.fairway.node.bench;

import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.web.Authenticator;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** An integration whose webhook puts what it is sent on its queue, which is emptied in the same time. */
@Command(name = "webhook-server", hidden = true, description = "Run an integration whose webhook puts what it is sent on its queue.")
final class WebhookServerCommand implements Callable<Integer> {
  static final String HOOK = "/integrations/queueing/in";
  /** Where it says how often its webhook and its queue have been run. */
  static final String RUNS = "/runs";

  @Spec
  CommandSpec spec = CommandSpec.create();
  @Parameters(paramLabel = "DIR", description = "where to put data")
  Path folder = Path.of(".");

  @Override
  public Integer call() throws Exception {
    try (var bench = new AutomationBench(folder)) {
      RunningIntegration integration = bench.queueing("queueing", "/in");
      AutomationBench.await("coming up", integration::ready);
      List<Door> doors = new ArrayList<>(bench.doors());
      doors.add(new Door("runs", "", ErrorStyle.PROBLEM,
          List.of(Route.post(RUNS, "How often the webhook and the queue have been run")
              .handle(call -> call.text(200, "text/plain", Long.toString(integration.totals().calls()))))));
      Authenticator everyone = authorization -> Caller.DEVELOPER;
      try (WebServer server = WebServer.start(WebConfig.loopback(), everyone, doors)) {
        spec.commandLine().getOut().println("fairway ready " + server.baseUrl());
        new CountDownLatch(1).await();
        return 0;
      }
    }
  }
}
