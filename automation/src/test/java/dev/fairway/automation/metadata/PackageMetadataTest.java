package dev.fairway.automation.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;

class PackageMetadataTest {
  private static final String TIMER = """
      catalog:
        name: core
        version: 0.9.7 # released in June
        description: >
          Timers and more.
        tags: [ integration experimental ]
      integration_types:
        - id: timer
          name: Timer
          description: Exercises a choice again and again
          entrypoint: com.example.Timer
          fields:
            - id: targetTemplate
              name: Template
              description: The template
              field_type: >
                contract_template
            - id: templateChoice
              name: Choice
              description: The choice
              field_type: contract_choice:{"templateNameField":"targetTemplate"}
            - id: interval
              name: Interval
              description: Seconds
              field_type: integer
              default_value: "30"
            - id: mode
              name: Mode
              description: How
              field_type: enum:["Slow","Fast"]
              required: false
      """;

  @Test
  void readsWhatPeopleWrite() {
    PackageMetadata metadata = PackageMetadata.parse(TIMER);
    assertThat(metadata.catalog().orElseThrow().fileName()).isEqualTo("core-0.9.7.dit");
    assertThat(metadata.warnings()).singleElement().asString().contains("one tag with a space");
    var fields = metadata.type("timer").orElseThrow().fields();
    assertThat(fields).extracting(PackageMetadata.Field::type).containsExactly(new FieldType.ContractTemplate(),
        new FieldType.ContractChoice("targetTemplate"), new FieldType.Whole(),
        new FieldType.OneOf(List.of("Slow", "Fast")));
  }

  @Test
  void readsFlowStyleWithTags() {
    PackageMetadata metadata = PackageMetadata.parse("""
        {"catalog": {"author": !!null "null", "description": "Long text that is \\
            folded", "experimental": !!bool "true", "name": "x", "release_date": !!timestamp "2021-06-22",
            "version": "1.0.0"}, "daml_model": {"main_package_id": "abc", "name": "x", "version": "1"},
            "integration_types": !!null "null"}
        """);
    var catalog = metadata.catalog().orElseThrow();
    assertThat(catalog.description()).isEqualTo("Long text that is folded");
    assertThat(catalog.experimental()).isTrue();
    assertThat(catalog.tags()).containsExactly("experimental");
    assertThat(catalog.more()).containsOnlyKeys("release_date");
    assertThat(metadata.damlModel().orElseThrow().mainPackageId()).isEqualTo("abc");
  }

  @Test
  void everyProblemHasItsPlace() {
    assertThatThrownBy(() -> PackageMetadata.parse("""
        catalog:
          name: x
          version: 1.0
        integration_types:
          - id: a
            name: A
            entrypoint: com.example.A
            fields:
              - { id: f, name: F, description: d, field_type: "enum:[A]" }
              - { id: g, name: G, description: d, field_type: 'contract_choice:{"templateNameField":"f"}' }
        """)).isInstanceOf(FairwayException.class).hasMessageContaining("line 3, column 12: version must be a text")
        .hasMessageContaining("description is needed").hasMessageContaining("what follows enum: is not JSON")
        .hasMessageContaining("names f, which is no contract_template field");
  }

  @Test
  void plainScalarWithAColonIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> PackageMetadata.parse("catalog:\n  description: Reference Application: Central Bank\n"))
        .isInstanceOf(FairwayException.class).hasMessageContaining("line 2");
  }

  record TimerSettings(String targetTemplate, int interval, Optional<String> mode) {}

  @Test
  void settingsAreCheckedAllAtOnceAndBound() {
    var fields = PackageMetadata.parse(TIMER).type("timer").orElseThrow().fields();
    var reader = new SettingsReader(fields, List.of());
    assertThatThrownBy(() -> reader.check(Map.of("targetTemplate", "Main", "interval", "1.5", "mode", "slow")))
        .hasMessageContaining("4 problems").hasMessageContaining("targetTemplate must be *")
        .hasMessageContaining("templateChoice is needed")
        .hasMessageContaining("interval must be a whole number of 64 bits, is \"1.5\"")
        .hasMessageContaining("mode must be one of [Slow, Fast]");
    assertThatThrownBy(() -> reader.check(Map.of("targetTemplate", "Main:Clock")))
        .hasMessageStartingWith("1 problem in the settings:").hasMessageContaining("templateChoice is needed");
    var values = reader.check(Map.of("targetTemplate", " Main:Clock\n", "templateChoice", "Tick"));
    assertThat(reader.bind(values, TimerSettings.class))
        .isEqualTo(new TimerSettings("Main:Clock", 30, Optional.empty()));
  }

  record Keys(Secret key) {}

  @Test
  void secretsAreBoundAsSecrets() {
    var settings = new SettingsReader(List.of(), List.of()).bind(Map.of("key", "hunter2"), Keys.class);
    assertThat(settings.toString()).doesNotContain("hunter2");
    assertThat(settings.key().reveal()).isEqualTo("hunter2");
  }

  @Property
  void anyTextIsMetadataOrRefused(@ForAll String text) {
    readOrRefuse(text);
  }

  @Property
  void anyYamlIsMetadataOrRefused(@ForAll @Chars({'c', 'a', ':', ' ', '\n', '-', '[', ']', '{', '}', '"', '!', '&', '*',
      ','}) String text) {
    readOrRefuse("integration_types:\n" + text);
  }

  private static void readOrRefuse(String text) {
    try {
      PackageMetadata.parse(text);
    } catch (FairwayException e) {
      assertThat(e.code().kind()).isEqualTo(dev.fairway.core.ErrorCode.Kind.CALLER);
    }
  }
}
