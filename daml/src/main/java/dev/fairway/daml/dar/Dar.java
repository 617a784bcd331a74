package dev.fairway.daml.dar;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a DAR file holds.
 *
 * @param main the package it was made for
 * @param dependencies all other packages in it, in the order of its manifest
 * @param sdkVersion what it was compiled with, as the manifest says
 */
public record Dar(DamlPackage main, List<DamlPackage> dependencies, Optional<String> sdkVersion) {
  public Dar {
    dependencies = List.copyOf(dependencies);
  }

  /** The main package first. */
  public Stream<DamlPackage> packages() {
    return Stream.concat(Stream.of(main), dependencies.stream());
  }

  public Optional<DamlPackage> find(String packageId) {
    return packages().filter(p -> p.id().equals(packageId)).findFirst();
  }

  /** What a reference leads to; empty when the package is not in this file, or has no such type. */
  public Optional<DataType> find(TypeRef ref) {
    return find(ref.packageId()).flatMap(p -> p.dataType(ref.module(), ref.entity()));
  }
}
