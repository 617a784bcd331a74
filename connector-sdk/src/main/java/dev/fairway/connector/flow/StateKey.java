package dev.fairway.connector.flow;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The stable name of a binding in a connector's state: its resource path and how often it was begun anew. */
public final class StateKey {
  private StateKey() {}

  /**
   * Letters, digits and {@code - _ + . =} stay; everything else is percent-encoded; components are joined by {@code /}.
   *
   * @param backfill 0 or more; above 0 it adds {@code .v<backfill>}, so that old state is left behind
   */
  public static String of(List<String> resourcePath, int backfill) {
    String path = resourcePath.stream().map(StateKey::encode).collect(Collectors.joining("/"));
    return backfill > 0 ? path + ".v" + backfill : path;
  }

  private static String encode(String component) {
    StringBuilder out = new StringBuilder();
    component.codePoints().forEach(c -> {
      if (Character.isLetterOrDigit(c) || "-_+.=".indexOf(c) >= 0) {
        out.appendCodePoint(c);
      } else {
        for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          out.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
        }
      }
    });
    return out.toString();
  }
}
