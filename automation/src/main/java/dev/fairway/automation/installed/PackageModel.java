package dev.fairway.automation.installed;

import dev.fairway.automation.ledger.TemplateSource;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.pack.DitFile;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The templates of an installed package: YAML for the node's own ledger, DARs for the others. */
final class PackageModel implements AvailableType.Model {
  private final DitFile dit;
  private final @Nullable String templates;
  private final Optional<String> localName;

  /** @throws FairwayException with {@code INVALID} when its templates for the local ledger are wrong */
  PackageModel(DitFile dit) throws IOException {
    this.dit = dit;
    this.templates = dit.templates().orElse(null);
    this.localName = dit.templates().map(source -> "#" + TemplateSource.read(source).describe().name());
  }

  @Override
  public Optional<String> mainPackage(String ledger) {
    return ledger.equals(Ledgers.LOCAL)
        ? localName
        : dit.metadata().damlModel().map(PackageMetadata.DamlModel::mainPackageId);
  }

  @Override
  public void giveTo(String name, Ledger ledger) {
    if (!name.equals(Ledgers.LOCAL)) {
      dit.dars().forEach(dar -> ledger.upload(bytes(dar)));
    } else if (templates != null) {
      ledger.upload(templates.getBytes(StandardCharsets.UTF_8));
    }
  }

  private byte[] bytes(String entry) {
    try {
      return dit.read(entry).orElseThrow(() -> new IOException(entry + " is missing"));
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the installed package cannot be read: " + e.getMessage(), e);
    }
  }
}
