package dev.fairway.evm.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Message;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.evm.rpc.RpcError;
import dev.fairway.evm.rpc.RpcException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.DynamicArray;
import org.web3j.abi.datatypes.DynamicStruct;
import org.web3j.abi.datatypes.Function;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import tools.jackson.databind.json.JsonMapper;

/**
 * The channel's contract as a client sees it: the calls it takes and the events it tells, in their ABI
 * ({@code ChannelNode.sol}). Reads only; what is written goes through recorded transactions. Safe for many threads.
 */
public final class ChannelNode {
  /** {@code MessageReceivedEvent(string,string,string,string,string)}. */
  public static final Hash RECEIVED = Keccak.hash("MessageReceivedEvent(string,string,string,string,string)");
  /** {@code MessageSentEvent(string,string,string,string,string)}. */
  public static final Hash SENT = Keccak.hash("MessageSentEvent(string,string,string,string,string)");
  /** Follows {@link #RECEIVED} when both ends carry references. */
  public static final Hash RECEIVED_REFERENCE = Keccak.hash("MessageReceivedReference(bytes32,bytes32,string,uint64)");

  private static final String RESOURCE = "ChannelNode.json";

  private final EthereumRpc rpc;
  private final Address address;

  public ChannelNode(EthereumRpc rpc, Address address) {
    this.rpc = rpc;
    this.address = address;
  }

  /**
   * Whom a participant's messages come from.
   *
   * @param account whose key speaks for it
   * @param contract its end of the channel, once it has named one
   */
  public record Participant(Address account, Optional<Address> contract) {}

  /** The five strings of a message event, before anybody believes that they are a message. */
  record Fields(String subject, String predicate, String obj, String sender, String receiver) {}

  public Address address() {
    return address;
  }

  /** The code that makes one, for an end that speaks with these others. */
  public static String creationCode(List<String> others) {
    String arguments = FunctionEncoder.encodeConstructor(
        List.of(new DynamicArray<>(Utf8String.class, others.stream().map(Utf8String::new).toList())));
    return artifact("bytecode") + arguments;
  }

  /** The contract's ABI as JSON. */
  public static String abi() {
    return artifact("abi");
  }

  private static String artifact(String field) {
    try (InputStream resource = ChannelNode.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException(RESOURCE + " is not on the class path");
      }
      var node = JsonMapper.shared().readTree(resource).path(field);
      return node.isString() ? node.stringValue() : node.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String setName(String own) {
    return encode("setName", new Utf8String(own));
  }

  static String addParticipant(String participant, Address account) {
    return encode("addParticipant", new Utf8String(participant), new org.web3j.abi.datatypes.Address(account.hex()));
  }

  static String updateParticipantContractAddress(String participant, Address contract) {
    return encode("updateParticipantContractAddress", new Utf8String(participant),
        new org.web3j.abi.datatypes.Address(contract.hex()));
  }

  static String removeParticipant(String participant) {
    return encode("removeParticipant", new Utf8String(participant));
  }

  static String setPaused(boolean paused) {
    return encode("setPaused", new org.web3j.abi.datatypes.Bool(paused));
  }

  static String send(Message message) {
    return encode("send", tuple(message));
  }

  static String sendReferenced(Message message, String senderRef) {
    return encode("sendReferenced", tuple(message), new Utf8String(senderRef));
  }

  static String receiveMessage(Message message) {
    return encode("receiveMessage", tuple(message));
  }

  private static DynamicStruct tuple(Message message) {
    return new DynamicStruct(new Utf8String(message.subject()), new Utf8String(message.predicate()),
        new Utf8String(message.obj()), new Utf8String(message.sender().code()),
        new Utf8String(message.receiver().code()));
  }

  @SuppressWarnings("rawtypes") // the library's own signature
  private static String encode(String function, Type<?>... arguments) {
    return FunctionEncoder.encode(new Function(function, List.<Type>of(arguments), List.of()));
  }

  /** Who may write as this end. */
  public Address owner() {
    try {
      return Address.ofWord(Hex.bytes(rpc.read(address, encode("owner"))));
    } catch (IllegalArgumentException e) {
      throw foreign("owner()");
    } catch (RpcException e) {
      if (e.error() instanceof RpcError.Reverted) {
        throw foreign("owner()");
      }
      throw e;
    }
  }

  /** Whose end it is; empty when nobody has said yet. */
  public String name() {
    return readString(encode("name"));
  }

  /** Whether it takes and carries senders' references; contracts of other makers may not. */
  public boolean carriesReferences() {
    try {
      String version = rpc.read(address, encode("channelNodeVersion"));
      return version.length() == 66 && new BigInteger(version.substring(2), 16).compareTo(BigInteger.TWO) >= 0;
    } catch (RpcException e) {
      return false;
    }
  }

  /** The names of the other participants. */
  public List<String> participants() {
    String answer = rpc.read(address, encode("getParticipants"));
    List<Object> decoded = decode(answer, List.of(new TypeReference<DynamicArray<Utf8String>>() {
    }));
    if (decoded.isEmpty() || !(decoded.getFirst() instanceof List<?> names)) {
      throw foreign("getParticipants()");
    }
    return names.stream().map(String::valueOf).toList();
  }

  /** A participant as registered here; empty when nobody was registered under the name. */
  public Optional<Participant> participant(String name) {
    byte[] words = Hex.bytes(rpc.read(address, encode("getParticipant", new Utf8String(name))));
    if (words.length != 64) {
      throw foreign("getParticipant(string)");
    }
    Address account = Address.ofWord(java.util.Arrays.copyOf(words, 32));
    Address contract = Address.ofWord(java.util.Arrays.copyOfRange(words, 32, 64));
    Address nobody = new Address("0x" + "0".repeat(40));
    return account.equals(nobody)
        ? Optional.empty()
        : Optional.of(new Participant(account, Optional.of(contract).filter(there -> !there.equals(nobody))));
  }

  private String readString(String call) {
    List<Object> decoded = decode(rpc.read(address, call), List.of(new TypeReference<Utf8String>() {
    }));
    if (decoded.isEmpty()) {
      throw foreign("name()");
    }
    return String.valueOf(decoded.getFirst());
  }

  private FairwayException foreign(String function) {
    return new FairwayException(ErrorCode.CONFIGURATION,
        "the contract at " + address + " does not answer " + function + ": it is not a channel's contract");
  }

  /** Reads a message event; empty when its data are not five strings. */
  static Optional<Fields> fields(LogEntry log) {
    return AbiStrings.read(log.data(), 5)
        .map(texts -> new Fields(texts.get(0), texts.get(1), texts.get(2), texts.get(3), texts.get(4)));
  }

  /** Reads the sender's reference of a reference event; empty when there is none. */
  static Optional<String> senderRef(LogEntry log) {
    return AbiStrings.read(log.data(), 1).map(List::getFirst).filter(text -> !text.isEmpty());
  }

  /** Anything may be on a chain: what does not decode is no value, never a failure. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // the library's own signature
  private static List<Object> decode(String data, List<TypeReference<?>> types) {
    try {
      List<Type> values = FunctionReturnDecoder.decode(data, (List) types);
      return values.stream().map(value -> value.getValue()).toList();
    } catch (RuntimeException e) {
      return List.of();
    }
  }
}
