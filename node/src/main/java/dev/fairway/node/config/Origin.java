package dev.fairway.node.config;

/** Where a value was written: {@code fairway.yaml:12}, {@code --listen}, {@code default}. */
record Origin(String text) {
  static final Origin DEFAULT = new Origin("default");

  static Origin line(String file, int line) {
    return new Origin(file + ":" + line);
  }

  @Override
  public String toString() {
    return text;
  }
}
