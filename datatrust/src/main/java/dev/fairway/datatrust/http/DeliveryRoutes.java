package dev.fairway.datatrust.http;

import dev.fairway.datatrust.DatatrustConfig;
import dev.fairway.datatrust.Step;
import dev.fairway.datatrust.Steps;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.delivery.Entitlement;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.datatrust.index.MarketIndex;
import dev.fairway.datatrust.listing.Upload;
import dev.fairway.datatrust.listing.Uploads;
import dev.fairway.datatrust.market.CandidateKind;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.object.Recipient;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.web.Call;
import dev.fairway.web.Content;
import dev.fairway.web.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Data for who bought them, and a glimpse for who has a stake. */
final class DeliveryRoutes {
  private static final String DELIVERY_HELP = "The delivery hash for the request to fulfill";
  private static final String QUERY_HELP = "The query to execute for this delivery";
  private static final String RECIPIENT_HELP = "The X25519 public key of the buyer, in base64url";
  private static final String MISSING = " Missing required parameter in the query string";
  private static final String STAKE_NEEDED = "Preview requires that the requester have a CMT balance greater\n"
      + "than or equal to the current market stake";
  private static final String PREVIEW_KIND = "Previews are only available for Listings or Applications";
  /** A preview is never more of the whole than this part. */
  private static final int PART = 10;

  private final Deliveries deliveries;
  private final Tokens tokens;
  private final Uploads uploads;
  private final SealedObjects objects;
  private final MarketIndex index;
  private final MarketReader chain;
  private final Steps steps;
  private final DatatrustConfig config;

  DeliveryRoutes(Deliveries.Parts parts, Deliveries deliveries, Tokens tokens, DatatrustConfig config) {
    this.deliveries = deliveries;
    this.tokens = tokens;
    this.uploads = parts.uploads();
    this.objects = parts.objects();
    this.index = parts.index();
    this.chain = parts.chain();
    this.steps = parts.steps();
    this.config = config;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/deliveries/", "Data for who bought them").anyone().query("delivery_hash", DELIVERY_HELP)
            .query("query", QUERY_HELP)
            .query("recipient", RECIPIENT_HELP + "; the data are encrypted to it (RFC 9180)")
            .answers(200, "the data", "application/octet-stream", Optional.empty())
            .handle(Wire.collection(this::deliver)),
        Route.get("/previews/{hash}", "The beginning of the data, for who has a stake").anyone()
            .answers(200, "some of the data", "application/octet-stream", Optional.empty())
            .handle(Wire.item(this::preview)));
  }

  private void deliver(Call call) throws IOException, InterruptedException {
    Address buyer = tokens.holder(call.header("Authorization")).account();
    String named = argument(call, "delivery_hash", DELIVERY_HELP);
    Hash delivery = hash("delivery_hash", DELIVERY_HELP, named);
    Hash listing = hash("query", QUERY_HELP, argument(call, "query", QUERY_HELP));
    Optional<Recipient> recipient = call.query("recipient").map(DeliveryRoutes::recipient);
    switch (deliveries.open(buyer, delivery, listing, named, call.method().equals("GET"))) {
      case Entitlement.Granted(var upload, var bytes) -> {
        if (recipient.isPresent()) {
          sendTo(call, upload, bytes, recipient.get(), Deliveries.purpose(delivery, listing));
        } else {
          send(call, upload, bytes);
        }
      }
      case Entitlement.NotTheBuyer _ -> throw CapiError.of(401, CapiError.UNAUTHORIZED);
      case Entitlement.NotEnough _ -> throw CapiError.of(412, CapiError.NOT_ENOUGH);
      case Entitlement.NotListed _ -> throw CapiError.of(404, CapiError.NOT_LISTED);
      case Entitlement.NoData _ -> throw CapiError.of(404, CapiError.NO_RESULTS);
      case Entitlement.NotInOffice _ -> throw CapiError.of(500, CapiError.NOT_REGISTERED);
      case Entitlement.Waiting _ -> {
        call.with("Retry-After", "5");
        throw CapiError.of(503, CapiError.SERVER_ERROR);
      }
      case Entitlement.Withheld _ -> throw CapiError.of(503, CapiError.SERVER_ERROR);
    }
  }

  private static String argument(Call call, String name, String help) {
    return call.query(name).orElseThrow(() -> CapiError.argument(name, help + MISSING));
  }

  private static Hash hash(String name, String help, String text) {
    return Wire.hash(text).orElseThrow(() -> CapiError.argument(name, help + " must be 0x and 64 hex digits"));
  }

  private static Recipient recipient(String text) {
    try {
      return new Recipient(text);
    } catch (IllegalArgumentException e) {
      throw CapiError.argument("recipient", RECIPIENT_HELP + " " + e.getMessage());
    }
  }

  private void sendTo(Call call, Upload upload, SeekableByteChannel bytes, Recipient to, byte[] purpose)
      throws IOException {
    SeekableByteChannel envelope = objects.envelope(upload.object(), bytes, to, purpose);
    Upload.Description words = upload.description();
    headers(call, upload).with("Filename", FileNames.plain(words.title(), words.fileType()));
    call.with("Envelope", "hpke-x25519-sha256-aes256gcm");
    // The same purchase and key make the same envelope.
    call.content(new Content(envelope, "application/octet-stream",
        Optional.of(upload.digests().sha256() + "-" + to.text()), Optional.empty()));
  }

  private static void send(Call call, Upload upload, SeekableByteChannel bytes) throws IOException {
    Upload.Description words = upload.description();
    headers(call, upload).with("Filename", FileNames.plain(words.title(), words.fileType()));
    String sha256 = upload.digests().sha256();
    call.with("Repr-Digest", "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256)) + ":");
    call.content(new Content(bytes, FileNames.mediaType(words.fileType()), Optional.of(sha256), Optional.empty()));
  }

  private static Call headers(Call call, Upload upload) {
    Upload.Description words = upload.description();
    return call
        .with("Content-Disposition",
            FileNames.disposition(upload.listing().hex(), words.title(), words.fileType()))
        .with("Cache-Control", "private, no-store").with("X-Content-Type-Options", "nosniff");
  }

  private void preview(Call call) throws IOException {
    Address holder = tokens.holder(call.header("Authorization")).account();
    Hash listing = Wire.pathHash(call);
    boolean own = index.applicant(listing).equals(Optional.of(holder));
    if (!own && !steps.timed(Step.STAKE, () -> chain.marketToken(holder).compareTo(chain.stake()) >= 0)) {
      throw CapiError.of(412, STAKE_NEEDED);
    }
    Optional<Upload> found = uploads.current(listing);
    boolean kind = index.isListed(listing)
        || index.candidate(listing).equals(Optional.of(CandidateKind.APPLICATION));
    if (!kind) {
      throw CapiError.of(400, PREVIEW_KIND);
    }
    Upload upload = found.orElseThrow(() -> CapiError.of(404, CapiError.NO_RESULTS));
    long size = upload.object().size();
    long part = config.compat().fullPreview() ? size : Math.min(config.previewBytes(), (size + PART - 1) / PART);
    try (SeekableByteChannel bytes = objects.open(upload.object())
        .orElseThrow(() -> CapiError.of(404, CapiError.NO_RESULTS))) {
      headers(call, upload).with("Preview", "bytes=" + part + "; of=" + size);
      if (part == size) {
        call.content(new Content(bytes, FileNames.mediaType(upload.description().fileType()), Optional.empty(),
            Optional.empty()));
        return;
      }
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(part));
      while (buffer.hasRemaining() && bytes.read(buffer) >= 0) {
        // Reads until the part is whole.
      }
      call.bytes(200, FileNames.mediaType(upload.description().fileType()), buffer.array());
    }
  }
}
