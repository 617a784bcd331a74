package dev.fairway.datatrust.market;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;

/** The few types the market's contracts use, to and from the bytes of Solidity's ABI. */
final class Abi {
  private static final int WORD = 32;

  private Abi() {}

  /** Call data: the selector of a signature and its arguments. */
  static String call(String signature, Object... arguments) {
    return Keccak.selector(signature) + arguments(arguments);
  }

  /** Arguments alone, as they follow a contract's code. */
  @SuppressWarnings("rawtypes") // the library's own signature
  static String arguments(Object... arguments) {
    return FunctionEncoder.encodeConstructor(Arrays.stream(arguments).<Type>map(Abi::typed).toList());
  }

  private static Type<?> typed(Object argument) {
    return switch (argument) {
      case Address address -> new org.web3j.abi.datatypes.Address(address.hex());
      case Hash hash -> new Bytes32(hash.bytes());
      case BigInteger number -> new Uint256(number);
      case Number number -> new Uint256(number.longValue());
      case String text -> new Utf8String(text);
      default -> throw new IllegalArgumentException("no ABI type for " + argument.getClass());
    };
  }

  /** What a function returned, as 32-byte words. */
  @SuppressWarnings("ArrayRecordComponent") // read word by word, never compared
  record Words(String function, byte[] bytes) {
    /** @throws FairwayException with {@code CONFIGURATION} when there are fewer words: it is another contract */
    static Words of(String function, String answer, int count) {
      byte[] bytes = Hex.bytes(answer);
      if (bytes.length < count * WORD) {
        throw new FairwayException(ErrorCode.CONFIGURATION,
            "the contract asked does not answer " + function + ": it is not one of a market; check the addresses");
      }
      return new Words(function, bytes);
    }

    byte[] word(int index) {
      return Arrays.copyOfRange(bytes, index * WORD, (index + 1) * WORD);
    }

    Address address(int index) {
      return Address.ofWord(word(index));
    }

    Hash hash(int index) {
      return Hash.of(word(index));
    }

    BigInteger number(int index) {
      return new BigInteger(1, word(index));
    }

    boolean flag(int index) {
      return number(index).signum() != 0;
    }
  }

  /** A text that a function returned; empty when it returned something else. */
  @SuppressWarnings({"unchecked", "rawtypes"}) // the library's own signature
  static String text(String answer) {
    try {
      List<Type> values = FunctionReturnDecoder.decode(answer, (List) List.of(new TypeReference<Utf8String>() {
      }));
      return values.isEmpty() ? "" : String.valueOf(values.getFirst().getValue());
    } catch (RuntimeException e) {
      // A contract may return anything.
      return "";
    }
  }
}
