package dev.fairway.daml.dar;

import dev.fairway.core.ledger.TemplateId;

/**
 * Names a data type, template or interface for ever: the package id is the hash of what it names.
 *
 * @param packageId lower-case hexadecimal SHA-256 of the package
 * @param module dotted, e.g. {@code DA.Types}
 * @param entity dotted, e.g. {@code Iou} or {@code Message.Text}
 */
public record TypeRef(String packageId, String module, String entity) {
  /** As the ledgers write it: {@code package:Module.Name:Entity}. */
  @Override
  public String toString() {
    return packageId + ":" + module + ":" + entity;
  }

  /**
   * The same name in the words that all ledgers share.
   *
   * @throws IllegalArgumentException when a part of it is no name
   */
  public TemplateId toTemplateId() {
    return new TemplateId(packageId, module, entity);
  }
}
