package dev.fairway.exchange.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A channel whose medium is one database that all participants reach: a file for processes of one machine, PostgreSQL
 * otherwise. What is posted is certain at once. Messages of many posters share one commit. Safe for many threads, and the
 * medium for many processes.
 *
 * <p>This end writes in its own jurisdiction's name only. Whoever holds the database's password could still write by hand;
 * the rows are chained by hashes, so that changing what was written can be shown with {@link #firstBrokenRow}.
 */
public final class SharedDatabaseChannel implements Channel, OperatedChannel {
  private static final int QUEUE = 4_096;
  private static final int GROUP = 256;
  private static final long ANSWER_SECONDS = 30;
  private static final ChannelCapabilities CAPABILITIES = new ChannelCapabilities(true, true, true,
      ChannelCapabilities.Finality.IMMEDIATE, 64 * 1024);

  private final Jurisdiction own;
  private final Set<Jurisdiction> participants;
  private final InstantSource clock;
  private final MediumDatabase database;
  private final BlockingQueue<Posting> queue = new ArrayBlockingQueue<>(QUEUE);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Thread writer;
  private final Thread watcher;
  private volatile boolean closed;
  private volatile boolean prepared;

  private record Posting(Medium.NewRow row, CompletableFuture<PostResult> answer) {}

  /** Opens this jurisdiction's end. A database that cannot be reached yet is no error: posts say so until it can. */
  public SharedDatabaseChannel(MediumHome home, Jurisdiction own, Set<Jurisdiction> participants, InstantSource clock) {
    this.own = own;
    this.participants = Set.copyOf(participants);
    this.clock = clock;
    database = new MediumDatabase(home);
    writer = Thread.ofPlatform().daemon().name("channel-writer").start(this::writeGroups);
    watcher = Thread.ofPlatform().daemon().name("channel-watcher")
        .start(() -> database.watch(() -> listeners.forEach(Runnable::run)));
  }

  @Override
  public ChannelCapabilities capabilities() {
    return CAPABILITIES;
  }

  @Override
  public PostResult post(Envelope envelope) {
    if (!envelope.message().sender().equals(own)) {
      return new PostResult.Refused("sender must be " + own + ", is " + envelope.message().sender());
    }
    if (!participants.contains(envelope.message().receiver())) {
      return new PostResult.Refused(envelope.message().receiver() + " takes no part in this channel");
    }
    Posting posting = new Posting(
        new Medium.NewRow(envelope.message(), envelope.senderRef(), envelope.idempotencyKey()),
        new CompletableFuture<>());
    try {
      if (closed || !queue.offer(posting, 1, TimeUnit.SECONDS)) {
        return new PostResult.Unavailable(Optional.empty(), closed ? "the channel is closed" : "the channel is busy");
      }
      return posting.answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new PostResult.Unknown("interrupted while writing");
    } catch (TimeoutException e) {
      return new PostResult.Unknown("the database did not answer within " + ANSWER_SECONDS + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a posting ended without a result", e);
    }
  }

  private void writeGroups() {
    List<Posting> group = new ArrayList<>();
    while (!closed) {
      try {
        group.clear();
        Posting first = queue.poll(200, TimeUnit.MILLISECONDS);
        if (first != null) {
          group.add(first);
          queue.drainTo(group, GROUP - 1);
          writeGroup(group);
        }
      } catch (InterruptedException e) {
        closed = true;
      } catch (RuntimeException e) {
        group.forEach(posting -> posting.answer.complete(new PostResult.Unknown(String.valueOf(e.getMessage()))));
      }
    }
    queue.drainTo(group);
    group.forEach(
        posting -> posting.answer.complete(new PostResult.Unavailable(Optional.empty(), "the channel is closed")));
  }

  private void writeGroup(List<Posting> group) {
    boolean committing = false;
    try (Connection connection = connection()) {
      connection.setAutoCommit(false);
      try {
        List<Medium.Appended> rows = Medium.append(connection, group.stream().map(Posting::row).toList(),
            clock.instant());
        database.tell(connection);
        committing = true;
        connection.commit();
        committing = false;
        for (int i = 0; i < group.size(); i++) {
          group.get(i).answer.complete(answer(rows.get(i)));
        }
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      String why = String.valueOf(e.getMessage());
      PostResult answer = committing
          ? new PostResult.Unknown("the commit was not confirmed: " + why)
          : new PostResult.Unavailable(Optional.empty(), why);
      group.forEach(posting -> posting.answer.complete(answer));
    }
  }

  private static PostResult answer(Medium.Appended appended) {
    return switch (appended) {
      case Medium.Appended.Row(var id, var status, _) -> new PostResult.Accepted(String.valueOf(id), status);
      case Medium.Appended.KeyTaken(var id) ->
        new PostResult.Refused("the key stands for another message, which has the id " + id);
    };
  }

  @Override
  public Optional<ChannelMessage> find(String id) {
    long seq = number(id);
    return seq < 0 ? Optional.empty() : ask(connection -> Medium.find(connection, seq)).filter(this::mayRead);
  }

  @Override
  public Optional<ChannelMessage> findByKey(String idempotencyKey) {
    return ask(connection -> Medium.findByKey(connection, own, idempotencyKey));
  }

  @Override
  public Observation observe(Jurisdiction receiver, String cursor, int limit) {
    return page(ask(connection -> Medium.forReceiver(connection, receiver, place(cursor), limit + 1)), cursor, limit);
  }

  @Override
  public Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    return page(ask(connection -> Medium.changesForSender(connection, sender, place(cursor), limit + 1)), cursor,
        limit);
  }

  private static Observation page(List<Medium.Seen> seen, String cursor, int limit) {
    List<Medium.Seen> page = seen.subList(0, Math.min(limit, seen.size()));
    return new Observation(page.stream().map(Medium.Seen::message).toList(),
        page.isEmpty() ? cursor : String.valueOf(page.getLast().seq()), seen.size() > limit);
  }

  @Override
  public boolean change(String id, ChannelStatus status) {
    long seq = number(id);
    return seq >= 0 && ask(connection -> {
      connection.setAutoCommit(false);
      try {
        boolean changed = Medium.change(connection, seq, status, clock.instant());
        database.tell(connection);
        connection.commit();
        return changed;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    });
  }

  /** The first row that was changed after it was written; empty when none was. Reads the whole medium. */
  public Optional<Long> firstBrokenRow() {
    return ask(Medium::firstBrokenRow);
  }

  @Override
  public AutoCloseable onChange(Jurisdiction receiver, Runnable hint) {
    listeners.add(hint);
    return () -> listeners.remove(hint);
  }

  @Override
  public void close() {
    closed = true;
    try {
      writer.join(ANSWER_SECONDS * 1_000);
      database.close();
      watcher.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private <T> T ask(Question<T> question) {
    try (Connection connection = connection()) {
      return question.ask(connection);
    } catch (SQLException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the channel's database: " + e.getMessage(), e);
    }
  }

  private Connection connection() throws SQLException {
    if (!prepared) {
      database.prepare();
      prepared = true;
    }
    return database.connection();
  }

  private boolean mayRead(ChannelMessage message) {
    return message.message().sender().equals(own) || message.message().receiver().equals(own);
  }

  private static long place(String cursor) {
    long place = cursor.isEmpty() ? 0 : number(cursor);
    if (place < 0) {
      throw new FairwayException(ErrorCode.INVALID, "\"" + cursor + "\" is not a cursor of this channel");
    }
    return place;
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }
}
