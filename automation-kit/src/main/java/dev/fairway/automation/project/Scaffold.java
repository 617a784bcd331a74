package dev.fairway.automation.project;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Makes the folder of a new project: one that builds and passes its test at once. */
public final class Scaffold {
  private static final String NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

  private Scaffold() {}

  /**
   * Makes the project in a folder of its name.
   *
   * @param name words in lower case with hyphens between them
   * @throws FairwayException with {@code INVALID} for another name, {@code CONFLICT} when the folder is there
   */
  public static Project make(Path parent, String name) throws IOException {
    if (!name.matches(NAME) || name.length() > 40) {
      throw new FairwayException(ErrorCode.INVALID,
          "a project's name is at most 40 of a-z 0-9 in words with hyphens between them, not \"" + name + "\"");
    }
    Path folder = parent.resolve(name);
    if (Files.exists(folder)) {
      throw new FairwayException(ErrorCode.CONFLICT, folder + " is there already");
    }
    String type = Arrays.stream(name.split("-")).map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT)
        + word.substring(1)).collect(Collectors.joining());
    String javaPackage = name.replace("-", "");
    Map<String, String> files = new LinkedHashMap<>();
    files.put("dit-meta.yaml", "dit-meta.yaml");
    files.put("templates.yaml", "templates.yaml");
    files.put("README.md", "README.md");
    files.put(".gitignore", "gitignore");
    files.put("src/" + javaPackage + "/" + type + ".java", "Greeter.java");
    files.put("test/" + javaPackage + "/" + type + "Test.java", "GreeterTest.java");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, resource("new/" + file.getValue()).replace("@name@", name).replace("@Type@", type)
          .replace("@package@", javaPackage));
    }
    return new Project(folder);
  }

  /**
   * Makes the sample that answers requests for ledgers, in the folder {@code ledger-quota}.
   *
   * @throws FairwayException with {@code CONFLICT} when the folder is there
   */
  public static Project ledgerQuota(Path parent) throws IOException {
    Path folder = parent.resolve("ledger-quota");
    if (Files.exists(folder)) {
      throw new FairwayException(ErrorCode.CONFLICT, folder + " is there already");
    }
    Map<String, String> files = Map.of("dit-meta.yaml", "dit-meta.yaml", "templates.yaml", "templates.yaml",
        "README.md", "README.md", "src/quota/LedgerDesk.java", "LedgerDesk.java", "test/quota/LedgerDeskTest.java",
        "LedgerDeskTest.java");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, resource("sample/ledger-quota/" + file.getValue()));
    }
    return new Project(folder);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Scaffold.class.getResourceAsStream(name + ".txt")) {
      if (in == null) {
        throw new IllegalStateException(name + ".txt is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
