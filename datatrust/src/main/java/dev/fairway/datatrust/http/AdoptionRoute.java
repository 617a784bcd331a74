package dev.fairway.datatrust.http;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.listing.Adoption;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.evm.Hash;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import dev.fairway.web.Part;
import dev.fairway.web.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operator brings data that another service kept for this market: a form with the fields of an upload, and the file. */
final class AdoptionRoute {
  private static final int LONGEST_FIELD = 64 << 10;
  private static final long OVERHEAD = 8L << 20;

  private final Uploads uploads;
  private final Adoption adoption;
  private final long largest;

  AdoptionRoute(Uploads uploads, Adoption adoption, long largest) {
    this.uploads = uploads;
    this.adoption = adoption;
    this.largest = largest;
  }

  Route route(String scope) {
    return Route.post("/listings/{hash}/adopt", "Takes over a listing's data from another service").scope(scope)
        .maxBody(largest + OVERHEAD).answers(200, "whether they are new").handle(this::adopt);
  }

  private void adopt(Call call) throws Exception {
    Hash listing = Wire.hash(call.param("hash"))
        .orElseThrow(() -> new FairwayException(ErrorCode.INVALID, "a hash must be 0x and 64 hex digits"));
    Form form = new Form();
    try {
      call.multipart(form::part);
      boolean added = adoption.adopt(listing, form.words(), form.bytes());
      if (!added) {
        form.discard();
      }
      call.json(200, Json.object().put("listing", listing.hex()).put("state", added ? "taken over" : "there before"));
    } catch (Exception e) {
      form.discard();
      throw e;
    }
  }

  private final class Form {
    private final Map<String, String> fields = new HashMap<>();
    private Uploads.@Nullable Arrived arrived;

    void part(Part part) throws IOException {
      if (part.fileName().isPresent()) {
        if (arrived != null) {
          throw new FairwayException(ErrorCode.INVALID, "the form has more than one file");
        }
        arrived = uploads.receive(part.body());
        return;
      }
      byte[] value = part.body().readNBytes(LONGEST_FIELD + 1);
      if (value.length > LONGEST_FIELD) {
        throw new FairwayException(ErrorCode.INVALID, "the field " + part.name() + " is too long");
      }
      fields.putIfAbsent(part.name(), new String(value, StandardCharsets.UTF_8));
    }

    Uploads.Arrived bytes() {
      Uploads.Arrived bytes = arrived;
      if (bytes == null) {
        throw new FairwayException(ErrorCode.INVALID, "the form has no file");
      }
      String md5 = field("md5_sum", bytes.digests().md5());
      if (!md5.equalsIgnoreCase(bytes.digests().md5())) {
        throw new FairwayException(ErrorCode.CONFLICT,
            "the file's MD5 is " + bytes.digests().md5() + ", said was " + md5);
      }
      return bytes;
    }

    Upload.Description words() {
      List<String> tags = Arrays.stream(field("tags", "").split(",", -1)).map(String::strip)
          .filter(tag -> !tag.isEmpty()).toList();
      return new Upload.Description(field("tx_hash", ""), field("title", "none"), field("description", ""),
          field("license", ""), field("file_type", "unknown"), Optional.of(tags).filter(all -> !all.isEmpty()),
          field("filename", "file"));
    }

    private String field(String name, String otherwise) {
      String value = fields.getOrDefault(name, "").strip();
      return value.isEmpty() ? otherwise : value;
    }

    void discard() {
      if (arrived != null) {
        uploads.discard(arrived);
      }
    }
  }
}
