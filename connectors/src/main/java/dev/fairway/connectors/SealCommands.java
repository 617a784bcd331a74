package dev.fairway.connectors;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a person does with sealed configurations and their keys. */
public final class SealCommands {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Sealed sealed;

  public SealCommands(PrintWriter out, PrintWriter err, Sealed sealed) {
    this.out = out;
    this.err = err;
    this.sealed = sealed;
  }

  /** Prints a sealed file in the clear, as JSON; with suffixes taken off, as a connector sees it. */
  public void unseal(Path file) {
    out.println(Json.text(sealed.unseal(FlowFile.tree(file))));
  }

  /**
   * Seals a file in place: every value below a member whose name ends with the suffix.
   *
   * @param recipients age recipients, {@code age1…}
   */
  public void seal(Path file, List<String> recipients, String encryptedSuffix) throws IOException {
    JsonNode document = sealed.seal(FlowFile.tree(file), recipients, encryptedSuffix);
    replace(file, file.toString().endsWith(".json") ? Json.text(document) + "\n" : FlowFile.yaml(document));
    err.println("sealed " + file);
  }

  /**
   * Makes an age key, keeps it in a new file that its user alone can read, and prints its recipient.
   *
   * @throws FairwayException with {@code INVALID} when the file is there: a lost key opens nothing any more
   */
  public void keygen(Path file) throws IOException {
    Sealed.KeyPair pair = Sealed.newKeyPair();
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException e) {
      throw new FairwayException(ErrorCode.INVALID, file + " is there already, and a key is never written over", e);
    }
    Files.writeString(file, "# public key: " + pair.recipient() + "\n" + pair.identity().reveal() + "\n");
    out.println(pair.recipient());
  }

  static void replace(Path file, String content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
