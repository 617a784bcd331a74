package dev.fairway.websub.topic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is registered for an event. A look-up walks one step per part of the event's topic, however many entries
 * there are elsewhere. Belongs to one thread.
 *
 * @param <E> what is registered; equal entries of one topic count once
 */
public final class TopicIndex<E> {
  /* A tree over the parts of topics. Branches without entries are cut off, so that memory follows the live entries. */
  private final Node<E> root = new Node<>();
  private int size;

  /** Registers an entry; false when it was there. */
  public boolean add(Topic topic, E entry) {
    Node<E> node = root;
    for (String part : topic.parts()) {
      node = node.children.computeIfAbsent(part, _ -> new Node<>());
    }
    boolean added = node.entries.add(entry);
    size += added ? 1 : 0;
    return added;
  }

  /** Removes an entry; false when it was not there. */
  public boolean remove(Topic topic, E entry) {
    List<Node<E>> path = new ArrayList<>();
    path.add(root);
    for (String part : topic.parts()) {
      @Nullable
      Node<E> next = path.getLast().children.get(part);
      if (next == null) {
        return false;
      }
      path.add(next);
    }
    if (!path.getLast().entries.remove(entry)) {
      return false;
    }
    size--;
    for (int depth = path.size() - 1; depth > 0 && path.get(depth).isBare(); depth--) {
      path.get(depth - 1).children.remove(topic.parts().get(depth - 1));
    }
    return true;
  }

  /** The entries whose topic covers the event, from the widest topic to the narrowest; takes any text. */
  public List<E> match(String event) {
    List<E> found = new ArrayList<>(root.entries);
    Node<E> node = root;
    for (String part : Topic.split(event)) {
      @Nullable
      Node<E> next = node.children.get(part);
      if (next == null) {
        break;
      }
      node = next;
      found.addAll(node.entries);
    }
    return found;
  }

  public int size() {
    return size;
  }

  public void clear() {
    root.children.clear();
    root.entries.clear();
    size = 0;
  }

  private static final class Node<E> {
    final Map<String, Node<E>> children = new HashMap<>();
    final Set<E> entries = new LinkedHashSet<>();

    boolean isBare() {
      return entries.isEmpty() && children.isEmpty();
    }
  }
}
