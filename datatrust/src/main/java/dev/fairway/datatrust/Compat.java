package dev.fairway.datatrust;

/**
 * Which looseness of older services is kept for their clients. All off is the default and the safe choice.
 *
 * @param anonymousUpload whether data is taken without a token; whoever sees a maker's transaction can then be first with
 * other data
 * @param freeLogIn whether any signed text logs in, instead of one that holds for minutes and works once
 * @param fullPreview whether a preview is the whole, which gives paid data to everyone with a stake
 * @param legacyDataHash whether data hashes on the chain may be those of the last 1 MiB block, as older services wrote them
 */
public record Compat(boolean anonymousUpload, boolean freeLogIn, boolean fullPreview, boolean legacyDataHash) {
  public static final Compat STRICT = new Compat(false, false, false, false);
}
