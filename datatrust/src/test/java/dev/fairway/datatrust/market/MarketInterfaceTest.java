package dev.fairway.datatrust.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.evm.Keccak;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The interface that clients of markets already deployed rely on. */
class MarketInterfaceTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      EtherToken    | dd62ed3e 095ea7b3 70a08231 a457c2d7 d0e30db0 39509351 18160ddd a9059cbb 23b872dd 2e1a7d4d 313ce567 95d89b41
      MarketToken   | dd62ed3e 095ea7b3 70a08231 a457c2d7 39509351 18160ddd a9059cbb 23b872dd 313ce567 95d89b41 d4c17539 b7bf210c 42966c68 7e9d2ac1 a0712d68 b01e369f
      Voting        | 89015c73 af61f760 b89694c6 dfb6419f eb3014fd bb12c49e 89bb617c 8f354b79 327322c8 9ef1204c b6b69206 5399ab4c 71ed5d1a d4c17539 b7bf210c
      Parameterizer | 4b8b7dce ccc3412f ffe44da8 cd2d5438 fc0e3d90 03bca7d3 1b855044 7b3cee60 dc2b2853 3d1e37d5 d90f8f0d 2d0d2bc6 c1836218 435c709a
      Reserve       | a056a5b9 56c9493f 4633020d 3ccfd60b
      Datatrust     | d4c17539 59bf5d39 2ecace9c 5b6beeb9 edb39a40 76e12635 41d28f90 7a639f6e b818bf02 bd82badc f2c298be 84e1fe15 0ee206f5 f2cbc3fe edab743e 043b2166 ea5450d0 fcefc458 d9680412
      Listing       | ecefbdc6 a7e78675 13d49a8b 175c0d16 18e28e1c 58fb1aa2 cffd46dc d32c943a 0ca36263
      """)
  void functionsHaveTheSelectorsOfTheInterface(String contract, String selectors) {
    assertThat(signatures(contract, "function").stream().map(Keccak::selector).map(hex -> hex.substring(2)))
        .containsExactlyInAnyOrder(selectors.strip().split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      Voting    | CandidateAdded(bytes32,uint256,address,uint256) | 0x51baeaa00f5969dc416d8e5299022ac3886d317d13685d1c6906ced9bac71b02
      Voting    | CandidateRemoved(bytes32)                       | 0xb314642ce4aa3156c1090458cfccabff50f32bc85d110d7799c369e1a660bcf4
      Voting    | Voted(bytes32,address)                          | 0x0b2f654b7e608ce51a82ce8157e79c350ed670605e8985266ad89fc85060e749
      Datatrust | Registered(bytes32,address)                     | 0x7d917fcbc9a29a9705ff9936ffa599500e4fd902e4486bae317414fe967b307c
      Datatrust | RegistrationSucceeded(bytes32,address)          | 0xf9749f013eb1a881b147fd6da901e63089fadfb6fb375d6e56babcbcb5e0be4e
      Datatrust | RegistrationFailed(bytes32,address)             | 0xf83db24154eb020b1b0c94c9566e464732758c2c6bc070062458777d038baa3c
      Datatrust | Delivered(bytes32,address,bytes32)              | 0xa6bd58fcd4da90af9fea785d8cf919f762887f0f05b0656fb2ac5f7227183d5a
      Datatrust | ListingAccessed(bytes32,bytes32,uint256)        | 0x43bab07295538e531559fd23ac7cd44b6f236590ce18919de563b56d474f4aa5
      Listing   | Applied(bytes32,address)                        | 0x26f7438941d95dc8495c99ef33fac91b2b04f98c73290027562cd3e612a3c85f
      Listing   | ApplicationFailed(bytes32,address)              | 0x163b66974440f1696d484dfc777282273c42ff2fa247d72dbdbb3510d92cbda6
      Listing   | Listed(bytes32,address,uint256)                 | 0x7f1a2c3e2883554425dc0f9f24dcfcdf54213b186c550080373dcc65813aa8d0
      Listing   | ListingRemoved(bytes32)                         | 0x50425cae216bd151d26c8e8bb9779cc899c99d72f78081f2ceec9a99f001ff79
      """)
  void eventsHaveTheTopicsOfTheInterface(String contract, String signature, String topic) {
    assertThat(signatures(contract, "event")).contains(signature);
    assertThat(Keccak.hash(signature).hex()).isEqualTo(topic);
    assertThat(MarketEvent.topics()).contains(Keccak.hash(signature));
  }

  private static List<String> signatures(String contract, String type) {
    List<String> signatures = new ArrayList<>();
    for (JsonNode item : JsonMapper.shared().readTree(MarketDeployment.abi(contract))) {
      if (item.path("type").asString().equals(type)) {
        List<String> inputs = new ArrayList<>();
        item.path("inputs").forEach(input -> inputs.add(input.path("type").asString()));
        signatures.add(item.path("name").asString() + "(" + String.join(",", inputs) + ")");
      }
    }
    return signatures;
  }
}
