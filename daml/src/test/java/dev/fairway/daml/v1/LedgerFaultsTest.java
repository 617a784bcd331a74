package dev.fairway.daml.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.AccessTokens;
import dev.fairway.daml.ContractDar;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What the contract cannot ask for: a ledger that is away, comes back, and asks who we are. */
class LedgerFaultsTest {
  private static final String KEY = "only-for-this-test";
  private static final TemplateId REQUEST = new TemplateId(ContractDar.packageId(), "Contract", "Request");

  private static Submission submission(Party party, String text) {
    return new Submission("c-" + UUID.randomUUID(), party,
        List.of(Command.create(REQUEST, LedgerValue.struct("requester", LedgerValue.party(party), "operator",
            LedgerValue.party(party)).with("text", LedgerValue.text(text)))));
  }

  private static List<String> texts(LedgerStream stream, int count) throws InterruptedException {
    List<String> texts = new ArrayList<>();
    for (int i = 0; texts.size() < count && i < 300; i++) {
      for (LedgerEvent event : stream.read(10, Duration.ofMillis(100))) {
        if (event instanceof LedgerEvent.Created(var contract)) {
          texts.add(contract.payload().text("text"));
        }
      }
    }
    return texts;
  }

  @Test
  void ledgerThatIsDownTakesNothingIn() {
    try (DamlLedgerV1 ledger = new DamlLedgerV1(new V1Config("127.0.0.1", 1))) {
      assertThat(ledger.submit(submission(new Party("alice"), "x"))).isInstanceOf(SubmitResult.Unavailable.class);
      assertThatThrownBy(ledger::id).isInstanceOfSatisfying(FairwayException.class,
          e -> assertThat(e.code()).isEqualTo(ErrorCode.PEER_FAILED));
    }
  }

  @Test
  void packageNameAndOpenPackageAreResolved() {
    try (DamlLedgerV1 ledger = Sandbox.shared().connect()) {
      Party alice = ledger.allocate("alice-" + UUID.randomUUID());
      LedgerValue.Struct payload = LedgerValue.struct("requester", LedgerValue.party(alice), "operator",
          LedgerValue.party(alice)).with("text", LedgerValue.text("x"));
      for (String name : List.of("Contract:Request", "#fairway-contract:Contract:Request")) {
        assertThat(ledger.submit(new Submission("c-" + UUID.randomUUID(), alice,
            List.of(Command.create(TemplateId.parse(name), payload))))).isInstanceOf(SubmitResult.Accepted.class);
      }
      assertThat(ledger.submit(new Submission("c-" + UUID.randomUUID(), alice,
          List.of(Command.create(TemplateId.parse("Contract:Nothing"), payload)))))
          .isInstanceOfSatisfying(SubmitResult.Rejected.class,
              why -> assertThat(why.reason()).isEqualTo(SubmitResult.Reason.INVALID));
    }
  }

  @Test
  void whatIsNoDarIsRefused() {
    try (DamlLedgerV1 ledger = Sandbox.shared().connect()) {
      assertThatThrownBy(() -> ledger.upload(new byte[]{1, 2, 3})).isInstanceOfSatisfying(FairwayException.class,
          e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    }
  }

  @Test
  void tokenIsShownRenewedWhenRefusedAndStreamsOutliveIt() throws Exception {
    try (Sandbox guarded = Sandbox.start("--auth-jwt-hs256-unsafe", KEY)) {
      try (DamlLedgerV1 stranger = new DamlLedgerV1(guarded.config())) {
        assertThatThrownBy(stranger::id).isInstanceOfSatisfying(FairwayException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
      }
      AtomicInteger refusals = new AtomicInteger();
      AccessTokens tokens = new AccessTokens() {
        @Override
        public Optional<Secret> current() {
          return Optional
              .of(token(refusals.get() == 0 ? Instant.now().minusSeconds(60) : Instant.now().plusSeconds(600)));
        }

        @Override
        public boolean refused(Secret token) {
          return refusals.incrementAndGet() == 1;
        }
      };
      try (DamlLedgerV1 ledger = new DamlLedgerV1(guarded.config().withTokens(tokens))) {
        ledger.upload(ContractDar.bytes());
        assertThat(refusals).hasValue(1);
        Party alice = ledger.allocate("alice");
        SubmitResult taken = ledger.submit(submission(alice, "guarded"));
        assertThat(taken).isInstanceOf(SubmitResult.Accepted.class);
        Offset told = ((SubmitResult.Accepted) taken).receipt().orElseThrow().offset();
        try (LedgerStream stream = ledger.open(Query.all(alice), From.after(Offset.BEGIN))) {
          assertThat(texts(stream, 1)).containsExactly("guarded");
          guarded.close();
          assertThatThrownBy(() -> texts(stream, 1)).hasMessageContaining("the stream after " + told)
              .isInstanceOfSatisfying(FairwayException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.PEER_FAILED));
        }
        assertThat(ledger.submit(submission(alice, "away"))).isInstanceOfAny(SubmitResult.Unavailable.class,
            SubmitResult.Unknown.class);
      }
    }
  }

  private static Secret token(Instant expires) {
    String claims = "{\"https://daml.com/ledger-api\": {\"ledgerId\": null, \"applicationId\": null, \"admin\": true,"
        + "\"actAs\": [\"alice\"], \"readAs\": [\"alice\"]}, \"exp\": " + expires.getEpochSecond() + "}";
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String signed = base64.encodeToString("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return new Secret(signed + "." + base64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
