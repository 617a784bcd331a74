package dev.fairway.web.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where calls may go.
 *
 * @param plainHttp whether {@code http} and {@code ws} are allowed beside {@code https} and {@code wss}
 * @param privateAddresses whether addresses that are not public are allowed: loopback, private, link-local, and the other
 * special-purpose blocks of RFC 6890
 * @param trustedHosts host names exempt from both rules, in lower case
 */
public record EgressPolicy(boolean plainHttp, boolean privateAddresses, Set<String> trustedHosts) {
  public EgressPolicy {
    trustedHosts = Set.copyOf(trustedHosts);
  }

  /** For URLs that came from outside: {@code https} to public addresses. */
  public static EgressPolicy guarded() {
    return new EgressPolicy(false, false, Set.of());
  }

  /** For URLs the operator wrote down: anywhere. */
  public static EgressPolicy trusting() {
    return new EgressPolicy(true, true, Set.of());
  }

  public EgressPolicy withTrustedHosts(Set<String> hosts) {
    return new EgressPolicy(plainHttp, privateAddresses, hosts);
  }

  /** Why the URL may not be called, judged by its text alone; the address is judged when it is connected to. */
  public Optional<String> refusal(URI url) {
    return refusal(url, "http");
  }

  /** As {@link #refusal(URI)}, for a WebSocket: {@code wss} is to {@code ws} as {@code https} is to {@code http}. */
  public Optional<String> socketRefusal(URI url) {
    return refusal(url, "ws");
  }

  private Optional<String> refusal(URI url, String plain) {
    String secure = plain + "s";
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (host == null || host.isEmpty() || !(scheme.equals(secure) || scheme.equals(plain))) {
      return Optional.of(told(url) + " is not an absolute " + plain + " or " + secure + " URL");
    }
    if (url.getRawUserInfo() != null) {
      return Optional.of("a URL with credentials in it is not called");
    }
    if (scheme.equals(plain) && !plainHttp && !trusts(host)) {
      return Optional.of(told(url) + " is not " + secure);
    }
    return Optional.empty();
  }

  /** Enough to know the URL by: a path or a query may hold a key, and what is before the host a password. */
  private static String told(URI url) {
    String authority = url.getRawAuthority();
    String start = (url.getScheme() == null ? "" : url.getScheme() + ":")
        + (authority == null ? "" : "//" + authority.substring(authority.lastIndexOf('@') + 1));
    return start.isEmpty() ? "a relative URL" : "\"" + start + "\"";
  }

  /** Why the address may not be connected to for the host. */
  Optional<String> refusal(String host, InetAddress address) {
    if (privateAddresses || trusts(host) || isPublic(address)) {
      return Optional.empty();
    }
    // The address itself is not told: that would turn the node into a way to look into the network behind it.
    return Optional.of(host + " is not at a public address");
  }

  private boolean trusts(String host) {
    return trustedHosts.contains(host.toLowerCase(Locale.ROOT));
  }

  /** Whether the address is reached over the public internet (RFC 6890 and the IANA special-purpose registries). */
  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress() || address.isLoopbackAddress() || address.isLinkLocalAddress()
        || address.isSiteLocalAddress() || address.isMulticastAddress()) {
      return false;
    }
    byte[] b = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublic4(b[0] & 0xff, b[1] & 0xff, b[2] & 0xff);
    }
    int first = ((b[0] & 0xff) << 8) | (b[1] & 0xff);
    int second = ((b[2] & 0xff) << 8) | (b[3] & 0xff);
    if (first == 0x2002) {
      // 6to4 carries an IPv4 address in its prefix.
      return isPublic4(b[2] & 0xff, b[3] & 0xff, b[4] & 0xff);
    }
    // Global unicast is 2000::/3, without Teredo, benchmarking and documentation.
    boolean special = first == 0x2001 && (second < 0x0200 || second == 0x0db8);
    return (b[0] & 0xe0) == 0x20 && !special && (first & 0xfff0) != 0x3ff0;
  }

  private static boolean isPublic4(int a, int b, int c) {
    return switch (a) {
      case 0, 10, 127 -> false;
      case 100 -> b < 64 || b > 127;
      case 169 -> b != 254;
      case 172 -> b < 16 || b > 31;
      case 192 -> !(b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99));
      case 198 -> !(b == 18 || b == 19 || (b == 51 && c == 100));
      case 203 -> !(b == 0 && c == 113);
      default -> a < 224;
    };
  }
}
