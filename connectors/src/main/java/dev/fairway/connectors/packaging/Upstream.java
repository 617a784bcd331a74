package dev.fairway.connectors.packaging;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Brings a folder of another repository into this one, and later what changed there since. The commit records where it came
 * from, at which commit, and under which licence; its trailer tells the next import where the last one stood.
 *
 * @param remote a git remote of the repository, by name, or an address
 * @param ref a branch, tag or commit there
 * @param sourcePrefix the folder there
 * @param destination the folder here, relative to the repository
 * @param license SPDX identifier
 * @param licensePath the licence's text there
 */
public record Upstream(String remote, String ref, String sourcePrefix, String destination, String license,
    String licensePath) {
  private static final String NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

  public Upstream {
    sourcePrefix = tidy(sourcePrefix);
    destination = tidy(destination);
    if (!Licenses.KNOWN.contains(license)) {
      throw new FairwayException(ErrorCode.INVALID,
          "\"" + license
              + "\" is no licence of the SPDX list (https://spdx.org/licenses/); write Apache-2.0 or MIT, say");
    }
  }

  /**
   * Imports it into the repository and commits.
   *
   * @return what was imported; empty when there is nothing new
   * @throws FairwayException with {@code INVALID} when the ref, the folder or the licence's text is not there, or when the
   * changes do not fit: then they are in the index, with the conflicts marked
   */
  public Optional<String> pull(Path repository) throws InterruptedException {
    Git git = new Git(repository);
    String commit = fetch(git);
    if (!git.succeeds("cat-file", "-e", commit + ":" + licensePath)) {
      throw invalid("there is no " + licensePath + " at " + ref + ", so the licence cannot be checked");
    }
    if (!git.succeeds("cat-file", "-e", commit + ":" + sourcePrefix)) {
      throw invalid("there is no " + sourcePrefix + " at " + ref);
    }
    String last = lastImport(git);
    String changes = git.text("diff", "--binary", "--full-index", "--relative=" + sourcePrefix + "/", last, commit);
    if (changes.isBlank()) {
      return Optional.empty();
    }
    if (!git.status().isBlank()) {
      throw invalid("the repository has changes that are not committed; an import must be a commit of its own");
    }
    git.given(changes, "apply", "-3", "--whitespace=nowarn", "--directory=" + destination);
    git.given(message(git, commit), "commit", "--quiet", "--file=-");
    return Optional.of(commit);
  }

  private String fetch(Git git) throws InterruptedException {
    if (!git.succeeds("fetch", "--quiet", "--no-tags", remote, ref)) {
      // A commit that no branch ends with cannot be asked for by every server; its branch may bring it.
      git.text("fetch", "--quiet", "--no-tags", remote);
      return git.text("rev-parse", "--verify", "--end-of-options", ref + "^{commit}").strip();
    }
    return git.text("rev-parse", "FETCH_HEAD^{commit}").strip();
  }

  private String lastImport(Git git) throws InterruptedException {
    if (!git.succeeds("rev-parse", "--verify", "--quiet", "HEAD")) {
      return NOTHING;
    }
    Matcher trailer = Pattern.compile("(?m)^git-merge-subpath: ([0-9a-f]{40}) \\S+ " + Pattern.quote(destination) + "$")
        .matcher(git.text("log", "--format=%B", "--fixed-strings", "--grep=git-merge-subpath: "));
    return trailer.find() ? trailer.group(1) : NOTHING;
  }

  private String message(Git git, String commit) throws InterruptedException {
    String address = remote.contains("/") ? remote : git.text("remote", "get-url", remote).strip();
    return """
        import: %s through %s @ %s

        Remote Repo URL: %s
        Source name: %s
        Source Commit ID: %s
        Source Repo Prefix: %s
        Import Path: %s
        License Type: %s
        License Path: %s

        git-merge-subpath: %s %s %s
        """.formatted(destination, remote, ref, address, ref, commit, sourcePrefix, destination, license, licensePath,
        commit, sourcePrefix, destination);
  }

  private static String tidy(String path) {
    String tidied = path.replaceAll("^(\\./)+", "").replaceAll("/+$", "");
    if (tidied.isEmpty() || tidied.startsWith("/") || List.of(tidied.split("/")).contains("..")
        || tidied.startsWith("-") || tidied.contains(" ")) {
      throw new FairwayException(ErrorCode.INVALID, "\"" + path + "\" must be a folder inside the repository");
    }
    return tidied;
  }

  private static FairwayException invalid(String why) {
    return new FairwayException(ErrorCode.INVALID, why);
  }

  /** The licences there are. */
  private static final class Licenses {
    static final Set<String> KNOWN = read();

    private Licenses() {}

    private static Set<String> read() {
      try {
        return Template.read("spdx-licenses.txt", Map.of()).lines().filter(line -> !line.startsWith("#"))
            .collect(Collectors.toUnmodifiableSet());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The program {@code git}, run in a repository. */
  private record Git(Path repository) {
    String text(String... arguments) throws InterruptedException {
      return run("", arguments).orThrow(arguments);
    }

    boolean succeeds(String... arguments) throws InterruptedException {
      return run("", arguments).exit() == 0;
    }

    void given(String input, String... arguments) throws InterruptedException {
      run(input, arguments).orThrow(arguments);
    }

    String status() throws InterruptedException {
      return text("status", "--porcelain", "--untracked-files=no");
    }

    private Answer run(String input, String... arguments) throws InterruptedException {
      List<String> command = new ArrayList<>(List.of("git", "-C", repository.toString()));
      command.addAll(List.of(arguments));
      try {
        Process git = new ProcessBuilder(command).start();
        Thread feeding = Thread.ofVirtual().start(() -> feed(git, input));
        StringBuilder errors = new StringBuilder();
        Thread hearing = Thread.ofVirtual().start(() -> errors.append(all(git.getErrorStream())));
        String out = all(git.getInputStream());
        int exit = git.waitFor();
        feeding.join();
        hearing.join();
        return new Answer(exit, out, errors.toString());
      } catch (IOException e) {
        throw new FairwayException(ErrorCode.CONFIGURATION, "needs the program git: " + e.getMessage(), e);
      }
    }

    private static void feed(Process git, String input) {
      try (var out = git.getOutputStream()) {
        out.write(input.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // It ended before it had read everything; its exit code tells why.
      }
    }

    /* A diff may hold any bytes, so they are carried one to one. */
    private static String all(java.io.InputStream in) {
      try {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What git answered. */
  private record Answer(int exit, String out, String errors) {
    String orThrow(String... arguments) {
      if (exit != 0) {
        throw invalid("git " + arguments[0] + ": " + (errors.isBlank() ? out : errors).strip());
      }
      return out;
    }
  }
}
