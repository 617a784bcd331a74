package dev.fairway.node.bench;

import dev.fairway.web.Authenticator;
import dev.fairway.web.Caller;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The baseline: the same server, a route that reads JSON and answers it, and nothing behind it. */
@Command(name = "echo-server", hidden = true, description = "Run a server that answers with the JSON it is sent.")
final class EchoCommand implements Callable<Integer> {
  @Spec
  CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Door echo = new Door("echo", "", ErrorStyle.PROBLEM,
        List.of(Route.post("/echo", "Answers with the body").consumes("application/json")
            .handle(call -> call.json(201, call.json()))));
    Authenticator everyone = authorization -> Caller.DEVELOPER;
    try (WebServer server = WebServer.start(WebConfig.loopback(), everyone, List.of(echo))) {
      spec.commandLine().getOut().println("fairway ready " + server.baseUrl());
      new CountDownLatch(1).await();
      return 0;
    }
  }
}
