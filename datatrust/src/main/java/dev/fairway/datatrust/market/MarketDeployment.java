package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** Makes a market: seven contracts, in the order in which they name each other, and the three calls that bind them. */
public final class MarketDeployment {
  private MarketDeployment() {}

  /**
   * Deploys one and waits until it is mined. The wallet's account is the market's owner, which can do nothing more once this
   * is done, and gets its first shares.
   *
   * @param progress told each step, for people
   */
  public static MarketContracts deploy(Wallet owner, MarketParameters parameters, Consumer<String> progress)
      throws InterruptedException {
    Maker maker = new Maker(owner, progress);
    Address etherToken = maker.make("EtherToken");
    Address marketToken = maker.make("MarketToken", owner.address(), parameters.initialShares());
    Address voting = maker.make("Voting", marketToken);
    Address parameterizer = maker.make("Parameterizer", marketToken, voting, parameters.priceFloor(),
        parameters.spread(), parameters.listReward(), parameters.stake(), parameters.voteBy().toSeconds(),
        parameters.plurality(), parameters.backendPayment(), parameters.makerPayment(), parameters.costPerByte());
    Address reserve = maker.make("Reserve", etherToken, marketToken, parameterizer);
    Address datatrust = maker.make("Datatrust", etherToken, voting, parameterizer, reserve);
    Address listing = maker.make("Listing", marketToken, voting, parameterizer, reserve, datatrust);
    progress.accept("binding the contracts to each other");
    owner.call(marketToken, Abi.call("setPrivileged(address,address)", reserve, listing));
    owner.call(voting, Abi.call("setPrivileged(address,address,address)", parameterizer, datatrust, listing));
    owner.call(datatrust, Abi.call("setPrivileged(address)", listing));
    return new MarketContracts(etherToken, marketToken, voting, parameterizer, reserve, datatrust, listing);
  }

  /** A contract's ABI as JSON, for other clients; {@code name} is {@code Listing}, say. */
  public static String abi(String name) {
    return artifact(name, "abi");
  }

  private record Maker(Wallet owner, Consumer<String> progress) {
    Address make(String name, Object... arguments) throws InterruptedException {
      Address address = owner.deploy(artifact(name, "bytecode") + Abi.arguments(arguments));
      progress.accept(name + " is at " + address);
      return address;
    }
  }

  private static String artifact(String name, String field) {
    try (InputStream resource = MarketDeployment.class.getResourceAsStream(name + ".json")) {
      if (resource == null) {
        throw new IllegalStateException(name + ".json is not on the class path");
      }
      var node = JsonMapper.shared().readTree(resource).path(field);
      return node.isString() ? node.stringValue() : node.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
