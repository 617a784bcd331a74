package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How fast one large document goes in and out, and whether the node's memory feels it. */
final class DocumentBench {
  private static final int MEBIBYTE = 1 << 20;
  private static final Pattern MULTIHASH = Pattern.compile("\"multihash\"\\s*:\\s*\"(\\w+)\"");

  private final Path home;
  private final int mebibytes;

  DocumentBench(Path home, int mebibytes) {
    this.home = home;
    this.mebibytes = mebibytes;
  }

  List<Figure> run() throws IOException, InterruptedException {
    Path source = home.resolve("document.bin");
    fill(source);
    double copy = copySynced(source, home.resolve("copy.bin"));
    List<Figure> figures = new ArrayList<>();
    try (NodeProcess process = BenchCommand.node(home.resolve("document"),
        "exchange:\n  document-limit: 4 GiB\n")) {
      URI node = process.start();
      upload(node, home.resolve("fairway-warm-up.bin"), 64);
      long before = Machine.residentMebibytes(process.pid());
      AtomicLong peak = new AtomicLong(before);
      Thread watch = Thread.ofVirtual().start(() -> watch(process.pid(), peak));
      long start = System.nanoTime();
      String multihash = upload(node, source, mebibytes);
      double in = mebibytes / ((System.nanoTime() - start) / 1e9);
      start = System.nanoTime();
      download(node, multihash);
      double out = mebibytes / ((System.nanoTime() - start) / 1e9);
      watch.interrupt();
      String baseline = "%.0f MiB/s copy with fsync".formatted(copy);
      figures.add(
          Figure.atLeast("document of " + mebibytes + " MiB in", "%.0f MiB/s".formatted(in), baseline, in / copy, 0.5));
      figures.add(
          Figure.atLeast("document of " + mebibytes + " MiB out", "%.0f MiB/s".formatted(out), baseline, out / copy,
              0.5));
      figures.add(Figure.atMost("memory over idle while it went in and out, against 64 MiB",
          (peak.get() - before) + " MiB", "64 MiB", (peak.get() - before) / 64.0, 1));
    }
    Files.delete(source);
    return figures;
  }

  private void fill(Path file) throws IOException {
    byte[] block = new byte[MEBIBYTE];
    RandomGenerator random = RandomGenerator.getDefault();
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }

  private double copySynced(Path from, Path to) throws IOException {
    long start = System.nanoTime();
    try (FileChannel in = FileChannel.open(from);
        FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE,
            StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(MEBIBYTE);
      while (in.read(buffer.clear()) >= 0) {
        out.write(buffer.flip());
      }
      out.force(true);
    }
    double rate = mebibytes / ((System.nanoTime() - start) / 1e9);
    Files.delete(to);
    return rate;
  }

  private static String upload(URI node, Path source, int mebibytes) throws IOException {
    boolean made = !Files.exists(source);
    if (made) {
      Files.write(source, new byte[mebibytes * MEBIBYTE]);
    }
    byte[] head = String
        .join("\r\n", "--fairway-bench", "Content-Disposition: form-data; name=\"document\"; filename=\"document\"",
            "Content-Type: application/octet-stream", "", "")
        .getBytes(StandardCharsets.US_ASCII);
    byte[] tail = "\r\n--fairway-bench--\r\n".getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket(node.getHost(), node.getPort()); FileChannel file = FileChannel.open(source)) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST /document-api/jurisdictions/SG HTTP/1.1\r\nHost: " + node.getAuthority()
          + "\r\nContent-Type: multipart/form-data; boundary=fairway-bench\r\nConnection: close\r\nContent-Length: "
          + (head.length + file.size() + tail.length) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(head);
      ByteBuffer buffer = ByteBuffer.allocate(MEBIBYTE);
      while (file.read(buffer.clear()) >= 0) {
        out.write(buffer.array(), 0, buffer.position());
      }
      out.write(tail);
      out.flush();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = MULTIHASH.matcher(answer);
      if (!matcher.find()) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the upload was answered: " + answer);
      }
      return matcher.group(1);
    } finally {
      if (made) {
        Files.delete(source);
      }
    }
  }

  private void download(URI node, String multihash) throws IOException {
    try (Socket socket = new Socket(node.getHost(), node.getPort())) {
      socket.getOutputStream().write(("GET /document-api/" + multihash + "?as_jurisdiction=AU HTTP/1.1\r\nHost: "
          + node.getAuthority() + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[MEBIBYTE];
      long total = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        total += n;
      }
      if (total < (long) mebibytes * MEBIBYTE) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the download ended after " + total + " bytes");
      }
    }
  }

  private static void watch(long pid, AtomicLong peak) {
    try {
      while (true) {
        peak.accumulateAndGet(Machine.residentMebibytes(pid), Math::max);
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
