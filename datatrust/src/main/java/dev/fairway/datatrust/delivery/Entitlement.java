package dev.fairway.datatrust.delivery;

import dev.fairway.datatrust.listing.Upload;
import java.nio.channels.SeekableByteChannel;

/** What a buyer who asks for data gets. */
public sealed interface Entitlement {
  /** The data; the channel is the caller's to close. */
  record Granted(Upload upload, SeekableByteChannel bytes) implements Entitlement {}

  /** The purchase is somebody else's, or nobody's. */
  record NotTheBuyer() implements Entitlement {}

  /** Not enough was bought, or it was used up. */
  record NotEnough() implements Entitlement {}

  /** It is not for sale. */
  record NotListed() implements Entitlement {}

  /** The market lists it, and its data are not here. */
  record NoData() implements Entitlement {}

  /** Another datatrust holds office: this one books no more. */
  record NotInOffice() implements Entitlement {}

  /** The bytes are booked, and the booking is not far enough yet; ask again. */
  record Waiting() implements Entitlement {}

  /** Nothing is given out and nothing charged, for a reason that is the node's. */
  record Withheld(String why) implements Entitlement {}
}
