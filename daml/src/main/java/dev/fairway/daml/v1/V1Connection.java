package dev.fairway.daml.v1;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.daml.LedgerError;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The connection to a ledger, who we are on it, and what its errors mean. Safe for many threads. */
final class V1Connection implements AutoCloseable {
  /** Set on a call that shall be marked when its request leaves this process. */
  static final CallOptions.Key<AtomicBoolean> SENT = CallOptions.Key.create("sent");
  private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
      Metadata.ASCII_STRING_MARSHALLER);

  private final V1Config config;
  private final ManagedChannel channel;

  /** @throws FairwayException with {@code CONFIGURATION} when the certificates cannot be used */
  V1Connection(V1Config config) {
    this.config = config;
    this.channel = Grpc.newChannelBuilderForAddress(config.host(), config.port(), credentials(config))
        .maxInboundMessageSize(config.messageBytes()).keepAliveTime(1, TimeUnit.MINUTES)
        .keepAliveTimeout(20, TimeUnit.SECONDS).build();
  }

  private static ChannelCredentials credentials(V1Config config) {
    if (config.tls().isEmpty()) {
      return InsecureChannelCredentials.create();
    }
    V1Config.Tls tls = config.tls().get();
    TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
    try {
      if (tls.trusted().isPresent()) {
        credentials.trustManager(tls.trusted().get().toFile());
      }
      if (tls.certificate().isPresent()) {
        V1Config.Certificate own = tls.certificate().get();
        credentials.keyManager(own.chain().toFile(), own.key().toFile());
      }
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "a certificate cannot be read: " + e.getMessage(), e);
    }
    return credentials.build();
  }

  /** A token to send now. */
  Optional<Secret> token() {
    return config.tokens().current();
  }

  /** Whether there may be another token than the one that was refused. */
  boolean renewed(LedgerError error, @Nullable Secret used) {
    return error.grpc() == LedgerError.UNAUTHENTICATED && used != null && config.tokens().refused(used);
  }

  /** The channel, saying who we are. */
  Channel as(Optional<Secret> token) {
    return withToken(channel, token);
  }

  /** The stub with the time an answer may take. */
  <S extends AbstractStub<S>> S within(S stub) {
    return stub.withDeadlineAfter(config.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks once more with another token when the first was refused. */
  <T> T ask(String what, Function<Channel, T> call) {
    Optional<Secret> token = config.tokens().current();
    try {
      return call.apply(withToken(channel, token));
    } catch (StatusRuntimeException e) {
      LedgerError error = errorOf(e.getStatus(), e.getTrailers(), true);
      if (renewed(error, token.orElse(null))) {
        try {
          return call.apply(withToken(channel, config.tokens().current()));
        } catch (StatusRuntimeException again) {
          throw errorOf(again.getStatus(), again.getTrailers(), true).toException(what, again);
        }
      }
      throw error.toException(what, e);
    }
  }

  private static Channel withToken(Channel channel, Optional<Secret> token) {
    if (token.isEmpty()) {
      return channel;
    }
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token.get().reveal());
    return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Tells whether a request left this process: one that did not may be sent again without a question. */
  static final class SentMarker implements ClientInterceptor {
    @Override
    public <Q, T> ClientCall<Q, T> interceptCall(MethodDescriptor<Q, T> method, CallOptions options,
        Channel next) {
      AtomicBoolean sent = Objects.requireNonNull(options.getOption(SENT));
      return next.newCall(method, options.withStreamTracerFactory(new ClientStreamTracer.Factory() {
        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
          return new ClientStreamTracer() {
            @Override
            public void outboundMessage(int sequence) {
              sent.set(true);
            }
          };
        }
      }));
    }
  }

  static LedgerError errorOf(Status status, @Nullable Metadata trailers, boolean sent) {
    return errorOf(StatusProto.fromStatusAndTrailers(status, trailers), sent);
  }

  static LedgerError errorOf(com.google.rpc.Status status, boolean sent) {
    String code = "";
    Map<String, String> context = new HashMap<>();
    Optional<Duration> retryAfter = Optional.empty();
    for (Any detail : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo info = detail.unpack(ErrorInfo.class);
          code = info.getReason();
          context.putAll(info.getMetadataMap());
        } else if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retryAfter = Optional.of(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
        }
      } catch (InvalidProtocolBufferException e) {
        // A detail that cannot be read tells nothing; the status still does.
      }
    }
    int category = 0;
    String told = context.getOrDefault("category", "0");
    if (told.matches("[0-9]{1,2}")) {
      category = Integer.parseInt(told);
    }
    return new LedgerError(status.getCode(), code, category, status.getMessage(), context, retryAfter, sent,
        "true".equals(context.get("definite_answer")));
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
