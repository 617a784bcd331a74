package dev.fairway.node.pair;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Australia and Singapore: a node and a listening business system each, with a shared database as the channel between them,
 * and others if wanted.
 * The nodes keep their addresses when they are killed and started again. Not safe for many threads.
 */
public final class NodePair implements AutoCloseable {
  public static final String AU = "AU";
  public static final String SG = "SG";

  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Thread stop;

  /** What joins two nodes beside the shared database, as their settings files say it. */
  public interface Wiring {
    /** Nothing but the shared database. */
    Wiring SHARED = new Wiring() {
      @Override
      public String channels(String own) {
        return "";
      }

      @Override
      public String routes() {
        return "- { receiver: [AU, SG], channels: [shared] }";
      }
    };

    /** Further channels of a jurisdiction's node, in lines of YAML below {@code channels:}. */
    String channels(String own);

    /** The rules of both nodes, in lines of YAML below {@code routes:}. */
    String routes();

    /** Where the shared database lies, in lines of YAML below its channel: a folder beside the nodes' own. */
    default String medium() {
      return "medium: ../medium";
    }
  }

  /** One jurisdiction's node, client and subscriber. */
  private record Place(NodeProcess process, Side side, Listener listener) {}

  private NodePair() {
    stop = new Thread(this::stopProcesses, "stop the nodes");
  }

  /**
   * Prepares and starts both nodes.
   *
   * @param home where they keep their data; used again when it exists
   * @param ports the ports wanted for Australia and Singapore; 0, or one that is taken, becomes a free one
   * @param wiring what joins them
   * @param settings further lines for both settings files
   */
  public static NodePair start(Path home, List<Integer> ports, Wiring wiring, String settings)
      throws IOException, InterruptedException {
    Map<String, Integer> chosen = new LinkedHashMap<>();
    chosen.put(AU, free(ports.get(0)));
    chosen.put(SG, free(ports.get(1)));
    NodePair pair = new NodePair();
    Runtime.getRuntime().addShutdownHook(pair.stop);
    try {
      for (String jurisdiction : chosen.keySet()) {
        Path folder = Files.createDirectories(home.toAbsolutePath().resolve(jurisdiction));
        Path config = Files.writeString(folder.resolve("fairway.yaml"),
            configuration(jurisdiction, chosen, wiring) + settings);
        NodeProcess process = NodeProcess.serve(config, folder.resolve("node.log"));
        pair.places.put(jurisdiction,
            new Place(process, new Side(jurisdiction, process.start()), new Listener()));
      }
      return pair;
    } catch (IOException | InterruptedException | RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private static int free(int wanted) {
    try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      if (wanted == 0) {
        throw new FairwayException(ErrorCode.BUSY, "no port is free on 127.0.0.1", e);
      }
      return free(0);
    }
  }

  private static String configuration(String own, Map<String, Integer> ports, Wiring wiring) {
    StringBuilder documents = new StringBuilder();
    ports.forEach((jurisdiction, port) -> {
      if (!jurisdiction.equals(own)) {
        documents.append("    ").append(jurisdiction).append(": http://127.0.0.1:").append(port)
            .append("/document-api/\n");
      }
    });
    return """
        jurisdiction: %s
        listen: 127.0.0.1:%d
        profile: dev
        dir: .
        exchange:
          documents:
        %s  channels:
            shared:
              type: shared-database
              participants: [AU, SG]
        %s%s  routes:
        %s""".formatted(own, ports.get(own), documents, wiring.medium().indent(6), wiring.channels(own).indent(4),
        wiring.routes().indent(4));
  }

  public Set<String> jurisdictions() {
    return places.keySet();
  }

  public Side side(String jurisdiction) {
    return place(jurisdiction).side();
  }

  public Listener listener(String jurisdiction) {
    return place(jurisdiction).listener();
  }

  /** Ends a node as a power cut would. */
  public void kill(String jurisdiction) throws InterruptedException {
    place(jurisdiction).process().kill();
  }

  /** Starts a node that was killed, on the same folder and address. */
  public void restart(String jurisdiction) throws IOException, InterruptedException {
    place(jurisdiction).process().start();
  }

  /** The operating system's number for a node's process; 0 when it is not running. */
  public long pid(String jurisdiction) {
    return place(jurisdiction).process().pid();
  }

  private Place place(String jurisdiction) {
    Place place = places.get(jurisdiction);
    if (place == null) {
      throw new IllegalArgumentException("there is no node for " + jurisdiction);
    }
    return place;
  }

  private void stopProcesses() {
    places.values().parallelStream().forEach(place -> place.process().close());
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException e) {
      return; // the machine is going down, and the hook is doing this
    }
    stopProcesses();
    places.values().forEach(place -> place.listener().close());
  }
}
