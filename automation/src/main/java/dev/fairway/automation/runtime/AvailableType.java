package dev.fairway.automation.runtime;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.core.ledger.Ledger;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A type of integration that this node can run.
 *
 * @param packageName the package it came in; empty for what comes with the node
 * @param make a new instance each time
 * @param model the templates its package brings
 */
public record AvailableType(Optional<String> packageName, PackageMetadata.IntegrationType metadata,
    Supplier<? extends Integration<?>> make, Model model) {

  /** A type that comes with the node and brings no templates. */
  public AvailableType(PackageMetadata.IntegrationType metadata, Supplier<? extends Integration<?>> make) {
    this(Optional.empty(), metadata, make, Model.NONE);
  }

  /** What it is asked for by: the type's id, after the package's name where it came in one. */
  public String name() {
    return packageName.map(name -> name + ":" + metadata.id()).orElse(metadata.id());
  }

  /** The templates of a package, for whatever ledger its integrations work on. */
  public interface Model {
    /** For integrations that bring no templates. */
    Model NONE = new Model() {
      @Override
      public Optional<String> mainPackage(String ledger) {
        return Optional.empty();
      }

      @Override
      public void giveTo(String name, Ledger ledger) {}
    };

    /** The package of the integration's own templates on that ledger: an id, or {@code #} and a name. Asks nobody. */
    Optional<String> mainPackage(String ledger);

    /**
     * Makes the templates known to the ledger; again changes nothing.
     *
     * @param name the ledger's name on this node
     * @throws dev.fairway.core.FairwayException as {@link Ledger#upload} does
     */
    void giveTo(String name, Ledger ledger);
  }
}
