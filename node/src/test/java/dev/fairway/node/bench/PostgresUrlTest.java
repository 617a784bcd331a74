package dev.fairway.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PostgresUrlTest {
  private static final PostgresUrl URL = PostgresUrl
      .parse("jdbc:postgresql://db.example.org/fairway?user=harbour&password=a%26b%25c&sslmode=require");

  @Test
  void whatIsEncodedStaysSoForTheDriverAndIsDecodedForOthers() {
    assertThat(URL.of("bench").jdbc()).isEqualTo(
        "jdbc:postgresql://db.example.org:5432/bench?user=harbour&password=a%26b%25c&sslmode=require");
    assertThat(URL.parameter("password")).contains("a&b%c");
    assertThat(URL.parameter("user")).contains("harbour");
    assertThat(URL.parameter("none")).isEmpty();
  }

  @Test
  void aProgramIsNotCalledWithThePassword() {
    assertThat(URL.withoutPassword())
        .isEqualTo("postgresql://db.example.org:5432/fairway?user=harbour&sslmode=require");
  }

  @Test
  void aUrlNeedHaveNeitherPortNorParameters() {
    assertThat(PostgresUrl.parse("jdbc:postgresql://db.example.org/fairway").address())
        .isEqualTo("db.example.org:5432");
    assertThat(PostgresUrl.parse("jdbc:postgresql://db.example.org:6000/fairway").jdbc())
        .isEqualTo("jdbc:postgresql://db.example.org:6000/fairway");
  }
}
