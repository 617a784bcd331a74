package dev.fairway.datatrust.http;

import dev.fairway.datatrust.Office;
import dev.fairway.datatrust.task.Task;
import dev.fairway.datatrust.task.Tasks;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is under way. */
final class TaskRoutes {
  private static final String TX_HASH = "Transaction hash which to indicate mining status of";

  private final Tasks tasks;
  private final Office office;

  TaskRoutes(Tasks tasks, Office office) {
    this.tasks = tasks;
    this.office = office;
  }

  List<Route> routes() {
    return List.of(
        Route.post("/tasks/", "Watches a transaction").anyone().answers(201, "the task")
            .handle(Wire.collection(this::watch)),
        Route.get("/tasks/{id}", "How far something is").anyone().answers(200, "how far")
            .handle(Wire.item(this::task)));
  }

  private void watch(Call call) throws IOException {
    if (!office.isOurs()) {
      throw CapiError.of(500, CapiError.NOT_REGISTERED);
    }
    JsonNode body = Arguments.body(call);
    if (body.has("tx_hash") && (body.path("tx_hash").isNull() || body.path("tx_hash").asString("").isEmpty())) {
      throw CapiError.incomplete("tx_hash");
    }
    UUID id = tasks.watch(Arguments.texts(body, Map.of("tx_hash", TX_HASH)).getOrDefault("tx_hash", ""));
    Wire.json(call, 201, Json.object().put("message", "Asynchronous task " + id + " created successfully")
        .put("task_id", id.toString()));
  }

  private void task(Call call) throws IOException {
    UUID id = id(call.param("id"));
    Optional<Task> task = tasks.find(id);
    ObjectNode body = Json.object().put("message", "Asynchronous task " + call.param("id") + " fetched successfully")
        // Clients go on asking for tasks that a service of old lost at its restart.
        .put("status", task.map(known -> known.state().wire()).orElse("PENDING"));
    task.flatMap(Task::result).ifPresentOrElse(result -> body.put("result", result), () -> body.putNull("result"));
    task.flatMap(Task::reason).ifPresent(reason -> body.put("reason", reason));
    Wire.json(call, 200, body);
  }

  private static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw CapiError.of(404, "Asynchronous task " + text + " not found");
    }
  }
}
