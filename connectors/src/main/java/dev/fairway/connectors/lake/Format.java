package dev.fairway.connectors.lake;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** What is in a file. */
public enum Format {
  /** Documents, one a line, compressed by gzip. */
  JSONL(".jsonl.gz") {
    @Override
    PartWriter writer(Path file, MaterializationSpec.Binding binding) throws IOException {
      return new JsonLinesWriter(file);
    }

    @Override
    Constraint constraint(Projection field) {
      return Constraint.ofWholeDocuments(field, "the document is the line", "only the document is written");
    }
  },
  /** A typed column for each selected field, compressed by Zstandard. */
  PARQUET(".parquet") {
    @Override
    PartWriter writer(Path file, MaterializationSpec.Binding binding) throws IOException {
      return new ParquetPart(file, Column.of(binding));
    }

    @Override
    Constraint constraint(Projection field) {
      if (field.isPrimaryKey()) {
        return new Constraint("LOCATION_REQUIRED", "the key identifies the row", "");
      }
      boolean top = !field.ptr().isEmpty() && field.ptr().indexOf('/', 1) < 0 && !field.ptr().equals("/_meta");
      return top
          ? new Constraint("LOCATION_RECOMMENDED", "it is a member of the document", "")
          : new Constraint("FIELD_OPTIONAL", "other columns have it", "");
    }
  };

  private final String extension;

  Format(String extension) {
    this.extension = extension;
  }

  /** @throws IllegalArgumentException listing those there are */
  @JsonCreator
  public static Format of(String word) {
    return Arrays.stream(values()).filter(format -> format.word().equals(word)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no format \"" + word + "\"; there are "
            + Arrays.stream(values()).map(Format::word).toList()));
  }

  /** As resources write it. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String extension() {
    return extension;
  }

  abstract PartWriter writer(Path file, MaterializationSpec.Binding binding) throws IOException;

  /** What may be stored of a field. */
  abstract Constraint constraint(Projection field);
}
