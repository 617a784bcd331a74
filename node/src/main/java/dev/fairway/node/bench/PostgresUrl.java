package dev.fairway.node.bench;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a database is, as its JDBC driver is told it ({@code jdbc:postgresql://host:port/database?user=…}, values
 * percent-encoded), and how others are told the same.
 */
record PostgresUrl(String host, int port, String database, List<String> parameters) {
  private static final int PORT = 5_432;

  static PostgresUrl parse(String jdbc) {
    URI server = URI.create(jdbc.substring("jdbc:".length()));
    List<String> parameters = server.getRawQuery() == null
        ? List.of()
        : Arrays.stream(server.getRawQuery().split("&", -1)).filter(parameter -> !parameter.isEmpty()).toList();
    return new PostgresUrl(server.getHost(), server.getPort() < 0 ? PORT : server.getPort(),
        server.getRawPath().replaceFirst("^/", ""), parameters);
  }

  /** Another database of the same server. */
  PostgresUrl of(String otherDatabase) {
    return new PostgresUrl(host, port, otherDatabase, parameters);
  }

  /** {@code host:port} */
  String address() {
    return host + ":" + port;
  }

  /** A parameter's value, decoded. */
  Optional<String> parameter(String name) {
    return parameters.stream().filter(parameter -> parameter.startsWith(name + "=")).findFirst()
        .map(parameter -> URLDecoder.decode(parameter.substring(name.length() + 1), StandardCharsets.UTF_8));
  }

  String jdbc() {
    return url("jdbc:", parameters);
  }

  /** For programs of PostgreSQL's own; everybody may see what a program is called with, so the password is not in it. */
  String withoutPassword() {
    return url("", parameters.stream().filter(parameter -> !parameter.startsWith("password=")).toList());
  }

  private String url(String scheme, List<String> told) {
    return scheme + "postgresql://" + address() + "/" + database
        + (told.isEmpty() ? "" : "?" + String.join("&", told));
  }
}
