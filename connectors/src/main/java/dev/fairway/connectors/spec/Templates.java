package dev.fairway.connectors.spec;

import dev.fairway.connector.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** The members that connectors check for and do not use: without them, those written in Go refuse a request. */
public final class Templates {
  private Templates() {}

  /** A journal's specification, as small as it passes. */
  static ObjectNode journal(String name) {
    ObjectNode spec = Json.object().put("name", name).put("replication", 3);
    spec.putObject("fragment").put("length", "536870912").put("compressionCodec", "GZIP").put("refreshInterval", "30s");
    return spec;
  }

  /** @param type {@code capture}, {@code derivation} or {@code materialize} */
  public static ObjectNode shard(String type, String task) {
    return Json.object().put("id", type + "/" + task + "/0000000000000000/00000000-00000000").put("maxTxnDuration",
        "1s");
  }

  /** @param type {@code capture}, {@code derivation} or {@code materialize} */
  public static ObjectNode recoveryLog(String type, String task) {
    return journal("recovery/" + type + "/" + task + "/0000000000000000/00000000-00000000");
  }
}
