package dev.fairway.node.demo;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A certificate of origin: structured data, and a printed form and a seal that it links to.
 *
 * @param data without links; they are added when the attachments have their addresses
 */
record Certificate(ObjectNode data, List<Attachment> attachments) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A document that the certificate links to. */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are sent on, never compared
  record Attachment(String name, String mediaType, byte[] bytes) {}

  /** The certificates that come with Fairway. */
  static List<Certificate> all() throws IOException {
    return List.of(read("chilled-lamb"), read("macadamia-nuts"), read("shiraz-wine"), read("integrated-circuits"));
  }

  private static Certificate read(String name) throws IOException {
    return new Certificate((ObjectNode) JSON.readTree(resource(name + ".json")),
        List.of(new Attachment(name + ".pdf", "application/pdf", resource(name + ".pdf")),
            new Attachment(name + "-seal.png", "image/png", resource(name + "-seal.png"))));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Certificate.class.getResourceAsStream("/demo/" + name)) {
      if (in == null) {
        throw new IllegalStateException("no resource /demo/" + name);
      }
      return in.readAllBytes();
    }
  }

  String number() {
    return data.path("id").asString();
  }

  String from() {
    return data.path("originCountry").asString();
  }

  String to() {
    return data.path("importCountry").asString();
  }

  String predicate() {
    return data.path("predicate").asString();
  }

  String goods() {
    return data.path("consignment").path("items").path(0).path("description").asString();
  }

  /** The certificate's bytes, with the attachments linked by their multihashes, in their order. */
  byte[] linkedTo(List<String> multihashes, String serial) {
    ObjectNode document = data.deepCopy();
    document.put("serial", serial);
    var links = document.putArray("links");
    for (int i = 0; i < multihashes.size(); i++) {
      Attachment attachment = attachments.get(i);
      links.addObject().put("TYPE1", "document").put("name", attachment.name()).put("ct", attachment.mediaType())
          .put("link", multihashes.get(i));
    }
    return JSON.writeValueAsBytes(document);
  }
}
