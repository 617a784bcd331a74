package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Party;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the work of integrations carries; stored, so fields are only ever added. */
final class Payloads {
  private static final int LONGEST_SHOWN = 160;

  private Payloads() {}

  /**
   * An event for a handler.
   *
   * @param body a contract or a transaction, as {@link StoredValue} writes it
   * @param purpose names the event within the handler, the same whenever it is told
   * @param undecided whether it could not be said yet if the handler wants the contract, or which order key the request has;
   * absent, which is false, in what was stored before this could be put off
   */
  record LedgerDelivery(String handler, String body, boolean initial, String purpose, boolean undecided) {
    LedgerDelivery(String handler, String body, boolean initial, String purpose) {
      this(handler, body, initial, purpose, false);
    }
  }

  /** A tick or a message. */
  record LaneDelivery(String what, String name, String body) {
    static final String TICK = "tick";
    static final String MESSAGE = "message";
  }

  /**
   * Commands on their way to the ledger.
   *
   * @param since an offset of the ledger from before the first attempt
   * @param origin the delivery whose handler gave them, where there is one
   * @param request whether they are the answer to a request, and which
   * @param ledger the name of the ledger; absent in what was stored before there could be several
   */
  record Submit(String integration, String handler, String commandId, String party, String commands, String since,
      LedgerDelivery origin, String request, @Nullable String ledger) {
    String ledgerName() {
      return ledger == null ? Ledgers.LOCAL : ledger;
    }

    List<Command> read() {
      return StoredValue.parse(commands).valueStream().map(StoredValue::command).toList();
    }
  }

  static String write(List<Command> commands) {
    var array = StoredValue.array();
    commands.forEach(command -> array.add(StoredValue.node(command)));
    return StoredValue.text(array);
  }

  /**
   * Names an intention for ever, within the characters of command ids: the same integration, handler and purpose give the
   * same id, so the ledger recognises a resend. A handler whose name has other characters, as those of timers and queues
   * may, is named alike and told apart by the hash.
   */
  static String commandId(String integration, String handler, Party party, String purpose) {
    String named = handler.replaceAll("[^A-Za-z0-9#:\\-_ ]", "_");
    String shown = named.substring(0, Math.min(named.length(), LONGEST_SHOWN));
    String rest = shown.equals(handler) ? purpose : purpose + "\n" + handler;
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256")
          .digest((party + "\n" + rest).getBytes(StandardCharsets.UTF_8));
      return integration + "/" + shown + "/" + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
