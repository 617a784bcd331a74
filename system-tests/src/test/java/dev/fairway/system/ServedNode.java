package dev.fairway.system;

import dev.fairway.node.pair.NodeProcess;
import dev.fairway.testing.http.RawHttp;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A node as users run it: {@code fairway serve} in a process of its own, with a configuration file of its own. */
final class ServedNode implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  /* On a machine with thirty builds on it a start that takes seconds takes minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Duration SILENCE = Duration.ofSeconds(90);

  private final Path home;
  private final NodeProcess process;
  private URI url;

  private ServedNode(Path home, NodeProcess process, URI url) {
    this.home = home;
    this.process = process;
    this.url = url;
  }

  /** Starts a node in the dev profile on a free port, its data under a folder of that name. */
  static ServedNode start(Path folder, String name, String jurisdiction, String settings)
      throws IOException, InterruptedException {
    Path home = Files.createDirectories(folder.resolve(name));
    Path config = Files.writeString(home.resolve("fairway.yaml"), """
        jurisdiction: %s
        profile: dev
        listen: 127.0.0.1:0
        dir: %s
        %s
        """.formatted(jurisdiction, home.resolve("data"), settings));
    NodeProcess process = NodeProcess.serve(config, home.resolve("log")).withPatience(PATIENCE);
    return new ServedNode(home, process, process.start());
  }

  URI url() {
    return url;
  }

  NodeProcess process() {
    return process;
  }

  /** The folder of what it keeps. */
  Path data() {
    return home.resolve("data");
  }

  /** Its standard error so far. */
  String log() throws IOException {
    return Files.readString(home.resolve("log"));
  }

  /** Starts it again after it was killed. */
  void restart() throws IOException, InterruptedException {
    url = process.start();
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofMinutes(2));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String contentType, String body) throws IOException, InterruptedException {
    return send(to(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
  }

  JsonNode json(String path) throws IOException, InterruptedException {
    return Json.parse(send(to(path)).body());
  }

  /** Sends bytes on a connection of their own, and answers what comes back. */
  String raw(byte[] request) throws IOException {
    return new RawHttp(url.getHost(), url.getPort(), SILENCE).exchange(request);
  }

  @Override
  public void close() {
    process.close();
  }
}
