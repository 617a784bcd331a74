package dev.fairway.web;

/** Answers a call. What it throws becomes an error answer in its door's style. */
@FunctionalInterface
public interface Handler {
  void handle(Call call) throws Exception;
}
