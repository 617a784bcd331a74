package dev.fairway.automation.runtime;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.sdk.Integration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A type of integration that this node can run.
 *
 * @param make a new instance each time
 * @param mainPackage the package of its own templates, where it has one
 */
public record AvailableType(PackageMetadata.IntegrationType metadata, Supplier<? extends Integration<?>> make,
    Optional<String> mainPackage) {}
