package dev.fairway.websub;

import dev.fairway.websub.hub.Subscription;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hub that is asked for what WebSub (W3C Recommendation of 2018-01-23) wants of a hub and publisher, and those who are
 * called by it.
 */
abstract class HubConformance {
  final Callbacks outside = new Callbacks();
  Node node;

  @BeforeEach
  void start(@TempDir Path folder) {
    node = new Node(folder);
  }

  @AfterEach
  void stop() {
    node.close();
    outside.close();
  }

  List<Subscription> subscriptions() {
    return node.hub.list(Optional.empty(), "", 100);
  }
}
