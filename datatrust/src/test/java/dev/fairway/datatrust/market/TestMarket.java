package dev.fairway.datatrust.market;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.TestChain;
import dev.fairway.evm.rpc.EthereumRpc;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;

/** A market on a chain of its own, with people: its owner, who has the shares, a maker, a buyer and the backend. */
public final class TestMarket implements AutoCloseable {
  public static final String DNS = "test.testing.com";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  public final TestChain chain;
  public final MarketContracts contracts;
  public final MarketParameters parameters;
  public final Wallet owner;
  public final Wallet maker;
  public final Wallet buyer;
  public final Wallet backend;

  private TestMarket(TestChain chain, MarketParameters parameters) throws InterruptedException {
    this.chain = chain;
    this.parameters = parameters;
    this.owner = wallet(0);
    this.maker = wallet(1);
    this.buyer = wallet(2);
    this.backend = wallet(3);
    this.contracts = MarketDeployment.deploy(owner, parameters, step -> {});
  }

  public static TestMarket deploy() throws Exception {
    return new TestMarket(TestChain.anvil(), MarketParameters.DEMO);
  }

  public Wallet wallet(int account) {
    return new Wallet(chain.rpc(), chain.account(account), PATIENCE);
  }

  public EthereumRpc rpc() {
    return chain.rpc();
  }

  public MarketReader reader() {
    return MarketReader.latest(chain.rpc(), contracts);
  }

  /** Lets the chain's time pass. */
  public void pass(Duration time) {
    chain.rpc().call("evm_increaseTime", time.toSeconds());
    chain.mine(1);
  }

  /** Votes yea with one of the owner's stakes. */
  public void approve(Hash candidate) throws InterruptedException {
    vote(candidate, MarketCalls.YEA);
  }

  public void vote(Hash candidate, int option) throws InterruptedException {
    owner.call(contracts.marketToken(), MarketCalls.approve(contracts.voting(), parameters.stake()));
    owner.call(contracts.voting(), MarketCalls.vote(candidate, option));
  }

  /** Lets the poll's time run out. */
  public void closePoll() {
    pass(parameters.voteBy().plusSeconds(2));
  }

  public void giveShares(Wallet to, BigInteger amount) throws InterruptedException {
    owner.call(contracts.marketToken(), MarketCalls.transfer(to.address(), amount));
  }

  /** Makes an account the datatrust. */
  public void elect(Wallet registrant, String dns) throws InterruptedException {
    stand(registrant, dns);
    owner.call(contracts.datatrust(), MarketCalls.resolveRegistration(Keccak.hash(dns)));
  }

  /** Has an account voted datatrust, up to the poll's end: it is to be resolved. */
  public void stand(Wallet registrant, String dns) throws InterruptedException {
    giveShares(registrant, parameters.stake());
    registrant.call(contracts.marketToken(), MarketCalls.approve(contracts.voting(), parameters.stake()));
    registrant.call(contracts.datatrust(), MarketCalls.register(dns));
    approve(Keccak.hash(dns));
    closePoll();
  }

  /** Sends a call and waits for nothing; the chain's node signs it, for it has the keys of its accounts. */
  public Hash sendUnseen(Wallet from, Address contract, String data) {
    return new Hash(rpc().call("eth_sendTransaction", Map.of("from", from.address().hex(), "to", contract.hex(), "data",
        data, "gas", "0x7a120")).asString());
  }

  /** Votes an application in, whose data hash is there. */
  public void admit(Hash listing) throws InterruptedException {
    approve(listing);
    closePoll();
    owner.call(contracts.listing(), MarketCalls.resolveApplication(listing));
  }

  /** Buys bytes. */
  public void buy(Wallet who, Hash delivery, long bytes) throws InterruptedException {
    BigInteger price = parameters.costPerByte().multiply(BigInteger.valueOf(bytes));
    who.pay(contracts.etherToken(), MarketCalls.deposit(), price);
    who.call(contracts.etherToken(), MarketCalls.approve(contracts.datatrust(), price));
    who.call(contracts.datatrust(), MarketCalls.requestDelivery(delivery, bytes));
  }

  @Override
  public void close() throws Exception {
    chain.close();
  }
}
