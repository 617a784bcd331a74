package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the seven contracts of one market are. */
public record MarketContracts(Address etherToken, Address marketToken, Address voting, Address parameterizer,
    Address reserve, Address datatrust, Address listing) {

  /** Those whose events say what is listed, voted on, bought and delivered. */
  public List<Address> telling() {
    return List.of(voting, parameterizer, datatrust, listing);
  }

  /** By the names that configuration uses, in the order they are deployed in. */
  public Map<String, Address> byName() {
    Map<String, Address> names = new LinkedHashMap<>();
    names.put("ether-token", etherToken);
    names.put("market-token", marketToken);
    names.put("voting", voting);
    names.put("parameterizer", parameterizer);
    names.put("reserve", reserve);
    names.put("datatrust", datatrust);
    names.put("listing", listing);
    return names;
  }
}
