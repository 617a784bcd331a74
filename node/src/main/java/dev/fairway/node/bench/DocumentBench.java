package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How fast one large document goes in and out, and whether the node's memory feels it. */
final class DocumentBench {
  private static final int WARM_UP = 64;
  private static final Pattern MULTIHASH = Pattern.compile("\"multihash\"\\s*:\\s*\"(\\w+)\"");

  private final Path home;
  private final int mebibytes;

  DocumentBench(Path home, int mebibytes) {
    this.home = home;
    this.mebibytes = mebibytes;
  }

  List<Figure> run() throws IOException, InterruptedException {
    Path source = LargeFile.fill(home.resolve("document.bin"), mebibytes);
    double copy = LargeFile.copySynced(source, home.resolve("copy.bin"));
    List<Figure> figures = new ArrayList<>();
    try (NodeProcess process = BenchCommand.node(home.resolve("document"),
        "exchange:\n  document-limit: 4 GiB\n")) {
      URI node = process.start();
      upload(node, LargeFile.fill(home.resolve("fairway-warm-up.bin"), WARM_UP));
      try (LargeFile.Memory memory = new LargeFile.Memory(process.pid())) {
        long bytes = Files.size(source);
        long start = System.nanoTime();
        String multihash = upload(node, source);
        double in = LargeFile.rate(bytes, start);
        start = System.nanoTime();
        download(node, multihash, bytes);
        double out = LargeFile.rate(bytes, start);
        String baseline = "%.0f MiB/s copy with fsync".formatted(copy);
        figures.add(Figure.atLeast("document of " + mebibytes + " MiB in", "%.0f MiB/s".formatted(in), baseline,
            in / copy, 0.5));
        figures.add(Figure.atLeast("document of " + mebibytes + " MiB out", "%.0f MiB/s".formatted(out), baseline,
            out / copy, 0.5));
        figures.add(memory.figure("went in and out"));
      }
    }
    Files.delete(source);
    return figures;
  }

  /** Hands a document in; its name. */
  static String upload(URI node, Path source) throws IOException {
    String answer = RawTransfer.post(node, "/document-api/jurisdictions/SG", "", Map.of(), "document", source);
    Matcher matcher = MULTIHASH.matcher(answer);
    if (!matcher.find()) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the upload was answered: " + answer);
    }
    return matcher.group(1);
  }

  static void download(URI node, String multihash, long bytes) throws IOException {
    RawTransfer.get(node, "/document-api/" + multihash + "?as_jurisdiction=AU", "", bytes);
  }
}
