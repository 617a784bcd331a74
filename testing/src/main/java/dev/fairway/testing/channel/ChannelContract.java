package dev.fairway.testing.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every channel promises. A home extends this and opens ends of one medium, on which {@link #AU}, {@link #SG} and
 * {@link #NZ} take part.
 */
public abstract class ChannelContract {
  protected static final Jurisdiction AU = new Jurisdiction("AU");
  protected static final Jurisdiction SG = new Jurisdiction("SG");
  protected static final Jurisdiction NZ = new Jurisdiction("NZ");
  protected static final Jurisdiction STRANGER = new Jurisdiction("FR");
  private static final Duration SOON = Duration.ofSeconds(20);

  private final List<Channel> opened = new ArrayList<>();

  /** Opens a participant's end of the test's medium. The contract closes it. */
  protected abstract Channel open(Jurisdiction own) throws Exception;

  /** Lets time or blocks pass until what was posted is certain. */
  protected void settle() throws Exception {}

  /** Changes a status as an operator of the medium would; false when this medium has no such operator. */
  protected boolean change(String id, ChannelStatus status) throws Exception {
    return false;
  }

  @AfterEach
  final void closeEnds() {
    opened.forEach(Channel::close);
  }

  private Channel end(Jurisdiction own) throws Exception {
    Channel channel = open(own);
    opened.add(channel);
    return channel;
  }

  private static Envelope envelope(Jurisdiction sender, Jurisdiction receiver, String ref) {
    var message = new Message(sender, receiver, "AU.abn0000000000.1234",
        "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5",
        "UN.CEFACT.Trade.CertificateOfOrigin.created");
    return new Envelope(message, Optional.of(ref), sender + ":" + ref);
  }

  private static String accepted(PostResult result) {
    assertThat(result).isInstanceOf(PostResult.Accepted.class);
    return ((PostResult.Accepted) result).id();
  }

  /** Everything a receiver has not seen, page by page. */
  private static List<ChannelMessage> drain(Channel channel, Jurisdiction receiver, String[] cursor, int limit) {
    List<ChannelMessage> seen = new ArrayList<>();
    Observation page;
    do {
      page = channel.observe(receiver, cursor[0], limit);
      seen.addAll(page.messages());
      cursor[0] = page.next();
    } while (page.more());
    return seen;
  }

  @Test
  void postedMessageIsFoundByItsIdOnBothSides() throws Exception {
    Channel au = end(AU);
    Envelope envelope = envelope(AU, SG, "r1");
    String id = accepted(au.post(envelope));
    settle();
    ChannelMessage sent = au.find(id).orElseThrow();
    assertThat(sent.message()).isEqualTo(envelope.message());
    assertThat(sent.status().certain()).isTrue();
    ChannelMessage arrived = end(SG).find(id).orElseThrow();
    assertThat(arrived.id()).isEqualTo(id);
    assertThat(arrived.message()).isEqualTo(envelope.message());
    if (au.capabilities().carriesSenderRef()) {
      assertThat(arrived.senderRef()).contains("r1");
    }
  }

  @Test
  void unknownIdIsEmpty() throws Exception {
    assertThat(end(AU).find("999999999")).isEmpty();
    assertThat(end(AU).find("no such id / at all")).isEmpty();
    assertThat(end(AU).findByKey("AU:never")).isEmpty();
  }

  @Test
  void resentMessageHasOneEffect() throws Exception {
    Channel au = end(AU);
    assumeTrue(au.capabilities().idempotent(), "this medium does not know keys, and says so");
    Envelope envelope = envelope(AU, SG, "r1");
    String first = accepted(au.post(envelope));
    String second = accepted(au.post(envelope));
    assertThat(second).isEqualTo(first);
    assertThat(au.findByKey(envelope.idempotencyKey()).map(ChannelMessage::id)).contains(first);
    settle();
    assertThat(drain(end(SG), SG, new String[]{""}, 100)).extracting(ChannelMessage::id).containsOnlyOnce(first);
  }

  @Test
  void anotherMessageUnderTheSameKeyIsRefused() throws Exception {
    Channel au = end(AU);
    assumeTrue(au.capabilities().idempotent(), "this medium does not know keys, and says so");
    Envelope first = envelope(AU, SG, "r1");
    accepted(au.post(first));
    var other = new Message(AU, SG, "another subject", first.message().obj(), first.message().predicate());
    assertThat(au.post(new Envelope(other, first.senderRef(), first.idempotencyKey())))
        .isInstanceOf(PostResult.Refused.class);
  }

  @Test
  void nobodyPostsInAnothersName() throws Exception {
    assertThat(end(AU).post(envelope(NZ, SG, "forged"))).isInstanceOf(PostResult.Refused.class);
    settle();
    assertThat(drain(end(SG), SG, new String[]{""}, 100)).isEmpty();
  }

  @Test
  void messageToAStrangerIsRefused() throws Exception {
    assertThat(end(AU).post(envelope(AU, STRANGER, "r1"))).isInstanceOf(PostResult.Refused.class);
  }

  @Test
  void receiverObservesOnlyWhatIsForIt() throws Exception {
    Channel au = end(AU);
    assumeTrue(au.capabilities().observable());
    accepted(au.post(envelope(AU, SG, "r1")));
    accepted(au.post(envelope(AU, NZ, "r2")));
    accepted(au.post(envelope(AU, SG, "r3")));
    settle();
    String[] cursor = {""};
    Channel sg = end(SG);
    assertThat(drain(sg, SG, cursor, 100)).filteredOn(message -> message.status().certain())
        .extracting(message -> message.message().receiver()).containsExactly(SG, SG);
    Observation nothing = sg.observe(SG, cursor[0], 100);
    assertThat(nothing.messages()).isEmpty();
    assertThat(nothing.next()).isEqualTo(cursor[0]);
    assertThat(nothing.more()).isFalse();
  }

  @Test
  void observationGoesOnWhereItStoppedAndLosesNothing() throws Exception {
    Channel au = end(AU);
    assumeTrue(au.capabilities().observable());
    String[] cursor = {""};
    List<String> posted = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      posted.add(accepted(au.post(envelope(AU, SG, "r" + i))));
      if (i % 3 == 0) {
        settle();
        try (Channel sg = open(SG)) {
          drain(sg, SG, cursor, 2).stream().filter(message -> message.status().certain()).map(ChannelMessage::id)
              .forEach(seen::add);
        }
      }
    }
    settle();
    drain(end(SG), SG, cursor, 2).stream().filter(message -> message.status().certain()).map(ChannelMessage::id)
        .forEach(seen::add);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(posted).doesNotHaveDuplicates();
  }

  @Test
  void manyPostersAtOnceAreAllSeenOnceByAReaderThatRunsAlong() throws Exception {
    Channel au = end(AU);
    Channel nz = end(NZ);
    Channel sg = end(SG);
    assumeTrue(au.capabilities().observable());
    int each = concurrentPosts();
    String[] cursor = {""};
    List<String> seen = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> posts = IntStream.range(0, 2 * each).mapToObj(i -> threads.submit(() -> {
        Jurisdiction sender = i % 2 == 0 ? AU : NZ;
        return accepted((i % 2 == 0 ? au : nz).post(envelope(sender, SG, "r" + i)));
      })).toList();
      while (posts.stream().anyMatch(post -> !post.isDone())) {
        drain(sg, SG, cursor, 7).stream().map(ChannelMessage::id).forEach(seen::add);
      }
      settle();
      drain(sg, SG, cursor, 7).stream().map(ChannelMessage::id).forEach(seen::add);
      List<String> posted = new ArrayList<>();
      for (Future<String> post : posts) {
        posted.add(post.get());
      }
      Set<String> known = new HashSet<>(posted);
      Set<String> asTheSendersCallThem = new HashSet<>();
      for (String id : seen) {
        asTheSendersCallThem.add(known.contains(id) ? id : ofSender(id, au, nz));
      }
      assertThat(asTheSendersCallThem).isEqualTo(known);
      if (!repeatsOnStatusChange()) {
        assertThat(seen).doesNotHaveDuplicates();
      }
    }
  }

  /* Where what was sent is replaced while it waits, the receiver's name for a message is another, and finds it too. */
  private static String ofSender(String id, Channel... senders) throws Exception {
    for (Channel sender : senders) {
      Optional<ChannelMessage> found = sender.find(id);
      if (found.isPresent()) {
        return found.get().id();
      }
    }
    return id;
  }

  /** How many messages each of two senders posts at once. */
  protected int concurrentPosts() {
    return 100;
  }

  /** Whether a message is first seen uncertain and then again when it is certain. */
  protected boolean repeatsOnStatusChange() {
    return false;
  }

  @Test
  void statusChangeIsSeenAgainByBothSides() throws Exception {
    Channel au = end(AU);
    assumeTrue(au.capabilities().observable());
    String id = accepted(au.post(envelope(AU, SG, "r1")));
    settle();
    Channel sg = end(SG);
    String[] cursor = {""};
    drain(sg, SG, cursor, 100);
    assumeTrue(change(id, ChannelStatus.REVOKED), "this medium has no operator who takes messages back");
    assertThat(drain(sg, SG, cursor, 100)).singleElement().satisfies(message -> {
      assertThat(message.id()).isEqualTo(id);
      assertThat(message.status()).isEqualTo(ChannelStatus.REVOKED);
    });
    assertThat(au.find(id).orElseThrow().status()).isEqualTo(ChannelStatus.REVOKED);
    assertThat(au.observeSent(AU, "", 100).messages()).extracting(ChannelMessage::id).contains(id);
  }

  @Test
  void receiverIsToldSoon() throws Exception {
    Channel sg = end(SG);
    assumeTrue(sg.capabilities().observable());
    AtomicInteger hints = new AtomicInteger();
    try (AutoCloseable listening = sg.onChange(SG, hints::incrementAndGet)) {
      accepted(end(AU).post(envelope(AU, SG, "r1")));
      settle();
      await().atMost(SOON).until(() -> hints.get() > 0);
    }
  }

  @Test
  void everyCharacterAndTheLongestFieldsCross() throws Exception {
    Channel au = end(AU);
    var message = new Message(AU, SG, "Ünï\\cödé \"quoted\" 証明書 \uD83D\uDEA2" + "s".repeat(2000), "Q".repeat(256),
        "UN.CEFACT." + "p".repeat(500));
    String id = accepted(au.post(new Envelope(message, Optional.empty(), "AU:long")));
    settle();
    assertThat(end(SG).find(id).orElseThrow().message()).isEqualTo(message);
  }
}
