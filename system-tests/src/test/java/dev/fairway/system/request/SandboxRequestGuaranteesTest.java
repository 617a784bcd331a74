package dev.fairway.system.request;

import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.store.Store;
import dev.fairway.daml.AskingDar;
import dev.fairway.daml.v1.Sandbox;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The guarantees on a real Daml ledger. */
class SandboxRequestGuaranteesTest extends RequestGuaranteesContract {
  private static @Nullable Ledger ledger;

  @BeforeAll
  static void connect() {
    ledger = Sandbox.shared().connect();
    ledger.upload(AskingDar.bytes());
  }

  @AfterAll
  static void disconnect() {
    Objects.requireNonNull(ledger).close();
  }

  @Override
  protected Home home(Store store) {
    return Home.elsewhere(store, Objects.requireNonNull(ledger), AskingDar.packageId());
  }
}
