package dev.fairway.datatrust;

import java.util.List;

/**
 * A part of answering that is timed apart. Older services timed more and smaller parts; what took the place of several of them
 * is told under the name of each, so that dashboards made for those services go on.
 */
public enum Step {
  /** Asks the index who holds office. */
  OFFICE("is_registered", "get_datatrust", "get_backend_address"),
  /** Asks the contract for the datatrust's name. */
  NAME("get_backend_url"),
  /** Asks the index what is listed. */
  LISTED("get_listing", "filter_listed", "filter_listing_removed"),
  /** Asks the index what is under vote. */
  POLLS("get_voting", "extract_listing_hashes", "extract_listing_hashes_to_block"),
  /** Puts what makers said of their data to what is listed or under vote. */
  ROWS("get_listings", "set_dynamo_table", "listing_hash_join"),
  /** One listing, with what it holds of the market. */
  LISTING("get_single_listing"),
  /** One application and its poll. */
  APPLICATION("get_application"),
  /** Takes a form in: its bytes are hashed, encrypted and stored while they arrive. */
  FORM("get_payload", "get_filename", "get_keccak", "upload_to_s3"),
  /** Writes an upload down, together with the task that confirms it. */
  KEEP("save_to_db", "send_data_hash"),
  /** Asks the contracts whether somebody has the stake. */
  STAKE("get_market_token", "get_parameterizer"),
  /** Asks the contract what a purchase has left. */
  PURCHASE("get_delivery", "get_bytes_purchased"),
  /** Finds and opens stored data. */
  DATA("get_listing_and_meta", "get_listing_mimetype_size_and_title"),
  /** Books bytes, together with the transaction that tells the chain. */
  BOOK("listing_accessed"),
  /** Settles a purchase that is used up. */
  SETTLE("delivered");

  @SuppressWarnings("ImmutableEnumChecker") // it is
  private final List<String> olderNames;

  Step(String... olderNames) {
    this.olderNames = List.of(olderNames);
  }

  /** What older services called it and its parts. */
  List<String> olderNames() {
    return olderNames;
  }
}
