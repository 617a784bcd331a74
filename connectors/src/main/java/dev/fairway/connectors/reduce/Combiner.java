package dev.fairway.connectors.reduce;

import dev.fairway.connector.flow.Packed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** Holds documents, those of the same key as one. Belongs to one thread. */
public final class Combiner {
  private final Reducer reducer;
  private final List<JsonPointer> key;
  private final Map<Packed, Combined> held = new LinkedHashMap<>();

  /** @param key JSON pointers */
  public Combiner(Reducer reducer, List<String> key) {
    this.reducer = reducer;
    this.key = key.stream().map(JsonPointer::compile).toList();
  }

  /** @throws ReduceException when it cannot be reduced with the one that is held */
  public void add(JsonNode document) {
    Packed packed = Packed.of(key.stream().map(part -> {
      JsonNode value = document.at(part);
      return value.isMissingNode() ? NullNode.getInstance() : value;
    }).toList());
    // Taken out first, so that documents are in the order of the last change of each.
    Combined before = held.remove(packed);
    held.put(packed, before == null ? new Combined(packed, null, document) : after(before, document));
  }

  private Combined after(Combined before, JsonNode document) {
    try {
      if (reducer.deletes(before.document())) {
        return new Combined(before.key(), before.document(), document);
      }
      JsonNode combined = reducer.combine(before.document(), document);
      // A strategy that chooses one of the two chooses between contents; that they are gone is not its choice.
      boolean gone = reducer.deletes(document) && !reducer.deletes(combined);
      return new Combined(before.key(), before.deletion(), gone ? document : combined);
    } catch (ReduceException e) {
      throw new ReduceException(e.getMessage() + "; the key is " + before.key().values());
    }
  }

  /** Hands out all that is held, and holds nothing more. */
  public List<Combined> drain() {
    List<Combined> all = new ArrayList<>(held.values());
    held.clear();
    return all;
  }

  /**
   * A document with the effect of all that were added with this key.
   *
   * @param deletion what took away everything there was before the document; null when nothing did
   */
  public record Combined(Packed key, @Nullable JsonNode deletion, JsonNode document) {}
}
