package dev.fairway.web.outbound;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * A name is resolved, its addresses are judged, and exactly those judged are connected to. The JDK's client has no place for
 * that: between a check and its own look-up, a name server with a short time to live could put another address in (DNS
 * rebinding).
 */
final class JudgedAddresses implements SocketAddressResolver {
  private final EgressPolicy policy;
  private final Executor threads;

  /** The policy said no to every address. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why);
    }
  }

  JudgedAddresses(EgressPolicy policy, Executor threads) {
    this.policy = policy;
    this.threads = threads;
  }

  @Override
  public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
    threads.execute(() -> {
      try {
        promise.succeeded(judged(host, port));
      } catch (IOException | RuntimeException e) {
        promise.failed(e);
      }
    });
  }

  private List<InetSocketAddress> judged(String host, int port) throws Refused, UnknownHostException {
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    List<InetSocketAddress> addresses = new ArrayList<>();
    String why = host + " has no address";
    for (InetAddress address : InetAddress.getAllByName(name)) {
      Optional<String> refusal = policy.refusal(name, address);
      if (refusal.isEmpty()) {
        addresses.add(new InetSocketAddress(address, port));
      } else {
        why = refusal.get();
      }
    }
    if (addresses.isEmpty()) {
      throw new Refused(why);
    }
    return addresses;
  }
}
