package dev.fairway.evm.sign;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.web3j.crypto.SignedRawTransaction;
import org.web3j.crypto.TransactionDecoder;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs with a key that another program holds. What comes back is checked: a signature that is not this account's over
 * exactly what was asked is {@code PEER_LIED} and is never sent on.
 */
public final class RemoteSigner implements Signer {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_BYTES = 64 * 1024;

  private final Address address;
  private final Protocol protocol;

  /** How the holder of the key is asked. */
  public sealed interface Protocol {
    /**
     * Web3Signer's {@code POST /api/v1/eth1/sign/{identifier}}: it gets the bytes, hashes them and signs.
     *
     * @param identifier the account's public key, as Web3Signer names it
     * @param authorization sent as the Authorization header; empty for none
     */
    record Web3Signer(URI base, String identifier, Secret authorization, Duration timeout) implements Protocol {}

    /** JSON-RPC {@code eth_signTransaction} and {@code eth_sign}, as Clef, Web3Signer's proxy and custodians offer them. */
    record JsonRpc(EthereumRpc holder) implements Protocol {}
  }

  public RemoteSigner(Address address, Protocol protocol) {
    this.address = address;
    this.protocol = protocol;
  }

  @Override
  public Address address() {
    return address;
  }

  @Override
  public SignedTransaction sign(UnsignedTransaction transaction) {
    return switch (protocol) {
      case Protocol.Web3Signer holder ->
        transaction.with(checked(ask(holder, transaction.payload()), transaction.digest()));
      case Protocol.JsonRpc(var holder) -> ask(holder, transaction);
    };
  }

  @Override
  public Signature signMessage(byte[] message) {
    byte[] digest = Signer.messageDigest(message);
    return switch (protocol) {
      case Protocol.Web3Signer holder -> {
        byte[] prefix = ("\u0019Ethereum Signed Message:\n" + message.length).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = java.util.Arrays.copyOf(prefix, prefix.length + message.length);
        System.arraycopy(message, 0, bytes, prefix.length, message.length);
        yield checked(ask(holder, bytes), digest);
      }
      case Protocol.JsonRpc(var holder) -> checked(call(holder, "eth_sign", address.hex(), Hex.of(message)), digest);
    };
  }

  private static String ask(Protocol.Web3Signer holder, byte[] payload) {
    String base = holder.base().toString();
    URI uri = URI.create(base + (base.endsWith("/") ? "" : "/") + "api/v1/eth1/sign/" + holder.identifier());
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(holder.timeout())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(Map.of("data", Hex.of(payload)))));
    if (!holder.authorization().reveal().isEmpty()) {
      request.header("Authorization", holder.authorization().reveal());
    }
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(holder.timeout())
        .build()) {
      HttpResponse<String> response = http.send(request.build(),
          BodyHandlers.limiting(BodyHandlers.ofString(), MOST_BYTES));
      if (response.statusCode() != 200) {
        throw new FairwayException(ErrorCode.PEER_FAILED,
            "the signer at " + holder.base().getHost() + " answered HTTP " + response.statusCode());
      }
      String body = response.body().strip();
      return body.startsWith("\"") && body.endsWith("\"") ? body.substring(1, body.length() - 1) : body;
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the signer at " + holder.base().getHost() + " does not answer",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while waiting for the signer", e);
    }
  }

  private static String call(EthereumRpc holder, String method, Object... params) {
    try {
      var answer = holder.call(method, params);
      return answer.isObject() ? answer.path("raw").asString("") : answer.asString("");
    } catch (RpcException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the signer refused: " + e.getMessage(), e);
    }
  }

  private SignedTransaction ask(EthereumRpc holder, UnsignedTransaction transaction) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("from", address.hex());
    transaction.to().ifPresent(to -> fields.put("to", to.hex()));
    fields.put("gas", Hex.of(transaction.gasLimit()));
    fields.put("value", Hex.of(transaction.value()));
    fields.put("nonce", Hex.of(transaction.nonce()));
    fields.put("chainId", Hex.of(transaction.chainId()));
    fields.put("data", transaction.data());
    switch (transaction.fees()) {
      case Fees.Legacy(var price) -> fields.put("gasPrice", Hex.of(price));
      case Fees.Dynamic(var priority, var max) -> {
        fields.put("maxPriorityFeePerGas", Hex.of(priority));
        fields.put("maxFeePerGas", Hex.of(max));
      }
    }
    String raw = call(holder, "eth_signTransaction", fields);
    Signature signature;
    try {
      if (!(TransactionDecoder.decode(raw) instanceof SignedRawTransaction signed)) {
        throw lied("no signature");
      }
      var data = signed.getSignatureData();
      int v = new java.math.BigInteger(1, data.getV()).intValueExact();
      int recovery = v >= 35 ? (v - 35) % 2 : v >= 27 ? v - 27 : v;
      signature = new Signature(new java.math.BigInteger(1, data.getR()), new java.math.BigInteger(1, data.getS()),
          recovery);
    } catch (RuntimeException e) {
      throw e instanceof FairwayException known ? known : lied("bytes that are no transaction");
    }
    // Built again from what was asked, so that a changed field shows as a wrong signer.
    SignedTransaction rebuilt = transaction.with(checkSigner(signature, transaction.digest()));
    if (!rebuilt.hash().equals(dev.fairway.evm.Hash.of(Keccak.hash(Hex.bytes(raw))))) {
      throw lied("another transaction");
    }
    return rebuilt;
  }

  private Signature checked(String hex, byte[] digest) {
    Signature signature;
    try {
      signature = Signature.parse(Hex.bytes(hex));
    } catch (IllegalArgumentException e) {
      throw lied("no signature (" + e.getMessage() + ")");
    }
    return checkSigner(signature, digest);
  }

  private Signature checkSigner(Signature signature, byte[] digest) {
    Address signer;
    try {
      signer = Secp256k1.best().signer(digest, signature);
    } catch (IllegalArgumentException e) {
      throw lied("a signature no key can make");
    }
    if (!signer.equals(address)) {
      throw lied("a signature by " + signer);
    }
    return signature;
  }

  private FairwayException lied(String what) {
    return new FairwayException(ErrorCode.PEER_LIED,
        "the remote signer of " + address + " gave " + what + " instead of that account's signature");
  }
}
