package dev.fairway.evm.rpc;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which logs: of these contracts, telling one of these events.
 *
 * @param addresses empty for all contracts
 * @param events the first topic is one of these; empty for all events
 */
public record LogQuery(List<Address> addresses, List<Hash> events) {
  public LogQuery {
    addresses = List.copyOf(addresses);
    events = List.copyOf(events);
  }

  /** As {@code eth_getLogs} wants it for the blocks from one to another, both included. */
  public Map<String, Object> range(long from, long to) {
    Map<String, Object> filter = filter();
    filter.put("fromBlock", Hex.of(from));
    filter.put("toBlock", Hex.of(to));
    return filter;
  }

  private Map<String, Object> filter() {
    Map<String, Object> filter = new LinkedHashMap<>();
    if (!addresses.isEmpty()) {
      filter.put("address", addresses.stream().map(Address::hex).toList());
    }
    if (!events.isEmpty()) {
      filter.put("topics", List.of(events.stream().map(Hash::hex).toList()));
    }
    return filter;
  }

  /** Whether a log is one of these. */
  public boolean matches(LogEntry log) {
    return (addresses.isEmpty() || addresses.contains(log.address()))
        && (events.isEmpty() || events.stream().anyMatch(log::isEvent));
  }
}
