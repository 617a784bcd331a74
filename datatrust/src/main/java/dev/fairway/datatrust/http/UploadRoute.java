package dev.fairway.datatrust.http;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.Office;
import dev.fairway.datatrust.Step;
import dev.fairway.datatrust.Steps;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.datatrust.listing.TakenIn;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.evm.Address;
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

/** Makers hand in the data of their applications. */
final class UploadRoute {
  private static final List<String> REQUIRED = List.of("tx_hash", "listing_hash", "title", "description", "license",
      "file_type", "md5_sum", "owner");
  private static final String WRONG_MD5 = CapiError.SERVER_ERROR + ": file upload failed, incorrect md5";
  private static final int LONGEST_FIELD = 64 << 10;
  private static final int MOST_PARTS = 64;
  /** What a form has beside its file. */
  private static final long OVERHEAD = 8L << 20;

  private final Uploads uploads;
  private final Office office;
  private final Steps steps;
  private final Tokens tokens;
  private final DatatrustConfig config;

  UploadRoute(Deliveries.Parts parts, Tokens tokens, DatatrustConfig config) {
    this.uploads = parts.uploads();
    this.office = parts.office();
    this.steps = parts.steps();
    this.tokens = tokens;
    this.config = config;
  }

  Route route() {
    return Route.post("/listings/", "Hands in the data of an application").anyone().maxBody(config.largest() + OVERHEAD)
        .answers(201, "the data are kept; the task confirms them on the chain").handle(Wire.collection(this::upload));
  }

  private void requireOffice() {
    if (!steps.timed(Step.OFFICE, office::isOurs)) {
      throw CapiError.of(500, CapiError.NOT_REGISTERED);
    }
  }

  private void upload(Call call) throws Exception {
    requireOffice();
    Optional<String> authorization = call.header("Authorization");
    Optional<Address> holder = config.compat().anonymousUpload() && authorization.isEmpty()
        ? Optional.empty()
        : Optional.of(tokens.holder(authorization).account());
    if (!call.contentType().startsWith("multipart/")) {
      throw CapiError.incomplete(REQUIRED.getFirst());
    }
    Received received = new Received(holder);
    try {
      steps.timed(Step.FORM, () -> {
        call.multipart(received::part);
        return received;
      });
      // A large file takes a while, and an election may have been decided meanwhile.
      requireOffice();
      answer(call, steps.timed(Step.KEEP, received::keep));
    } catch (FairwayException e) {
      received.discard();
      throw e.code() == ErrorCode.TOO_LARGE ? tooLarge("more than " + config.largest() + " bytes") : e;
    } catch (Exception e) {
      received.discard();
      throw e;
    }
  }

  private static CapiError tooLarge(String what) {
    return CapiError.of(413, CapiError.SERVER_ERROR + ": file upload failed, " + what);
  }

  private static void answer(Call call, TakenIn taken) throws IOException {
    switch (taken) {
      case TakenIn.Kept(var task) -> Wire.json(call, 201,
          Json.object().put("message", "Listing upload success. Data hash sent to protocol").put("task_id",
              task.toString()));
      case TakenIn.OtherDataFirst _ ->
        throw CapiError.of(409, "Other data were uploaded for this listing before, and count");
      case TakenIn.NotTheMaker _ -> throw CapiError.of(401, CapiError.UNAUTHORIZED);
      case TakenIn.OverQuota(var most) ->
        throw tooLarge("the listings of one maker may have " + most + " bytes together");
    }
  }

  /** A form as it arrives. Its file may come before what is said of it, so it is judged when all is there. */
  private final class Received {
    private final Optional<Address> holder;
    private final Map<String, String> fields = new HashMap<>();
    private Uploads.@Nullable Arrived arrived;
    private Optional<String> fileName = Optional.empty();
    private int parts;

    Received(Optional<Address> holder) {
      this.holder = holder;
    }

    void part(Part part) throws IOException {
      parts++;
      if (parts > MOST_PARTS) {
        throw CapiError.of(400, "the form has more than " + MOST_PARTS + " parts");
      }
      if (part.fileName().isEmpty()) {
        byte[] value = part.body().readNBytes(LONGEST_FIELD + 1);
        if (value.length > LONGEST_FIELD) {
          throw CapiError.of(400, "the field " + part.name() + " has more than " + LONGEST_FIELD + " bytes");
        }
        fields.putIfAbsent(part.name(), new String(value, StandardCharsets.UTF_8));
        return;
      }
      if (arrived != null) {
        throw CapiError.of(400, "the form has more than one file");
      }
      if (fields.containsKey("owner")) {
        // Somebody else's data need not arrive before they are refused.
        owner();
      }
      fileName = part.fileName();
      arrived = uploads.receive(part.body());
    }

    TakenIn keep() {
      for (String name : REQUIRED) {
        if (fields.getOrDefault(name, "").isEmpty()) {
          throw CapiError.incomplete(name);
        }
      }
      Hash listing = Wire.hash(field("listing_hash"))
          .orElseThrow(() -> CapiError.of(400, "listing_hash must be 0x and 64 hex digits"));
      Hash transaction = Wire.hash(field("tx_hash"))
          .orElseThrow(() -> CapiError.of(400, "tx_hash must be 0x and 64 hex digits"));
      Address owner = owner();
      Uploads.Arrived bytes = arrived;
      if (bytes == null || bytes.object().size() == 0) {
        throw CapiError.incomplete("file");
      }
      if (!field("md5_sum").strip().equalsIgnoreCase(bytes.digests().md5())) {
        throw CapiError.of(400, WRONG_MD5);
      }
      TakenIn taken = uploads.take(listing, owner, new Upload.Description(transaction.hex(), field("title"),
          field("description"), field("license"), field("file_type"), tags(), filename()), bytes);
      if (!(taken instanceof TakenIn.Kept)) {
        return taken;
      }
      // The same data handed in again are kept once.
      uploads.discard(bytes);
      arrived = null;
      return taken;
    }

    private Address owner() {
      Address owner = Wire.address(field("owner").strip())
          .orElseThrow(() -> CapiError.of(400, "owner must be 0x and 40 hex digits"));
      if (holder.filter(account -> !account.equals(owner)).isPresent()) {
        throw CapiError.of(401, CapiError.UNAUTHORIZED);
      }
      return owner;
    }

    private String field(String name) {
      return fields.getOrDefault(name, "");
    }

    private Optional<List<String>> tags() {
      List<String> tags = Arrays.stream(field("tags").split(",", -1)).map(String::strip).toList();
      return field("tags").isBlank() ? Optional.empty() : Optional.of(tags);
    }

    private String filename() {
      String first = field("filenames").split(",", -1)[0].strip();
      return first.isEmpty() ? fileName.orElse("file") : first;
    }

    void discard() {
      if (arrived != null) {
        uploads.discard(arrived);
      }
    }
  }
}
