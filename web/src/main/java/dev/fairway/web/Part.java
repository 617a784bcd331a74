package dev.fairway.web;

import java.io.InputStream;
import java.util.Optional;

/**
 * One part of a {@code multipart/form-data} body, valid until its handler returns.
 *
 * @param name the field's name
 * @param fileName the name the sender gave its file; never a path to use
 * @param contentType with parameters, as sent
 * @param body the bytes, as they arrive; what the handler leaves unread is skipped
 */
public record Part(String name, Optional<String> fileName, Optional<String> contentType, InputStream body) {
  /** Takes one part at a time, in the order of the body. */
  @FunctionalInterface
  public interface Consumer {
    void accept(Part part) throws Exception;
  }
}
