package dev.fairway.daml.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerValue;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenApiGeneratorTest {
  private static OpenApiGenerator.Generated generate(String description) {
    return new OpenApiGenerator(new OpenApiGenerator.Options("Shop.Api", "example.shop"))
        .generate(description.getBytes(StandardCharsets.UTF_8));
  }

  private static String file(OpenApiGenerator.Generated generated, String name) {
    return generated.files().getOrDefault(name, "");
  }

  @Test
  void operationIdLosesTheCommonPackagesAndItsSigns() {
    assertThat(file(generate(Descriptions.JIRA), "daml/Shop/Api/Requests.daml"))
        .contains("template AdminapplicationroleApplicationRoleResourcegetAllApplicationRolesGet\n")
        .contains("template AdminapplicationroleApplicationRoleResourcegetAllApplicationRolesGetResponse\n")
        .contains("template IssueIssueResourcecreateIssuePost\n");
  }

  @Test
  void g18AnswersAreSortedAndEveryOtherReplyHasAConstructor() {
    String name = "AdminapplicationroleApplicationRoleResourcegetAllApplicationRolesGetResponseBody";
    assertThat(file(generate(Descriptions.JIRA), "daml/Shop/Api/Requests.daml")).contains("""
        data %1$s
          = %1$s_200 [ApplicationRole]
          | %1$s_401 ()
          | %1$s_403 ()
          | %1$s_5XX ()
          | %1$s_default ()
          | %1$s_Unexpected with status : Int; body : Text
          | %1$s_TransportError with message : Text
          deriving (Eq, Ord, Show)
        """.formatted(name));
  }

  @Test
  void recordsKeepTheOrderAndMarkWhatMayBeMissing() {
    assertThat(file(generate(Descriptions.JIRA), "daml/Shop/Api/Types.daml")).contains("""
        data ApplicationRole = ApplicationRole with
            key_ : Text
            groups : Optional [Text]
            numberOfSeats : Optional Int
            type_ : Optional Text
          deriving (Eq, Ord, Show)
        """);
  }

  @Test
  void responseCannotBeForgedAndTheRequestorCanClearIt() {
    assertThat(file(generate(Descriptions.SHOP), "daml/Shop/Api/Requests.daml")).contains("""
        template ReplaceItem
          with
            requestor : Party
            gateway : Party
            path : ReplaceItemPath
            requestBody : Item
          where
            signatory requestor
            observer gateway

            choice ReplaceItem_Respond : ContractId ReplaceItemResponse
              with
                body : ReplaceItemResponseBody
              controller gateway
              do create ReplaceItemResponse with requestor; gateway; requestId = self; body
        """).contains("signatory requestor, gateway").contains("choice ReplaceItemResponse_Acknowledge : ()");
  }

  @Test
  void mergedRecursiveAndAlternativeSchemasBecomeTypes() {
    assertThat(file(generate(Descriptions.SHOP), "daml/Shop/Api/Types.daml")).contains("""
        data Item = Item with
            id : Text
            made : Optional Time
            price : Decimal
            on : Optional Date
            parts : [Item]
            tags : Optional (TextMap Int)
            shape : Shape
            colour : ItemColour
            free : Optional Text
            where_ : Optional ItemWhere
        """).contains("data Shape\n  = Shape_Circle Circle\n  | Shape_Option2 Text\n")
        .contains("data ItemColour\n  = ItemColour_red\n  | ItemColour_darkBlue\n  | ItemColour_Empty\n")
        .contains("inner : Optional Shape");
  }

  @Test
  void filesAreTextOfBase64() {
    OpenApiGenerator.Generated generated = generate(Descriptions.SHOP);
    assertThat(file(generated, "daml/Shop/Api/Types.daml")).contains("    file : Text\n    alt : Optional Text\n");
    assertThat(file(generated, "daml/Shop/Api/Requests.daml")).contains("GetItemsItemIdPictureResponseBody_200 Text");
    assertThat(file(generated, "mapping.json")).contains("\"base64\"").contains("\"multipart/form-data\"");
  }

  @Test
  void mappingLeadsFromEachNameToTheOriginal() {
    var mapping = JsonMapper.shared().readTree(file(generate(Descriptions.SHOP), "mapping.json"));
    assertThat(mapping.path("servers").get(0).asString()).isEqualTo("https://shop.example/v1");
    var get = mapping.path("operations").get(0);
    assertThat(get.path("request").asString()).isEqualTo("Shop.Api.Requests:GetItemsItemId");
    assertThat(get.path("path").asString()).isEqualTo("/items/{item-id}");
    assertThat(get.path("parameters").get(0).toString())
        .isEqualTo("{\"in\":\"path\",\"name\":\"item-id\",\"field\":[\"path\",\"itemId\"],\"type\":\"int\"}");
    assertThat(get.path("parameters").get(1).path("style").asString()).isEqualTo("form");
    assertThat(get.path("answers").get(1).path("constructor").asString()).isEqualTo("GetItemsItemIdResponseBody_4XX");
    assertThat(mapping.path("declarations").path("Shape").path("discriminator").asString()).isEqualTo("kind");
  }

  @Test
  void namesThatMeetGetNumbersInTheOrderOfTheDocument() {
    String types = file(generate("""
        {"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema":
          {"type": "object", "properties": {
            "a-b": {"$ref": "#/components/schemas/Thing"}, "a_b": {"$ref": "#/components/schemas/thing"},
            "aB": {"$ref": "#/components/schemas/Text"}}}}}}}}}},
         "components": {"schemas": {
           "Thing": {"type": "object", "properties": {"x": {"type": "string"}}},
           "thing": {"type": "object", "properties": {"y": {"type": "string"}}},
           "Text": {"type": "object", "properties": {"z": {"type": "string"}}}}}}
        """), "daml/Shop/Api/Types.daml");
    assertThat(types).contains("    aB : Optional Thing\n    aB2 : Optional Thing2\n    aB3 : Optional Text_\n");
  }

  @Test
  void typeNamedAsOneOfThePreludeGetsAnotherName() {
    String types = file(generate("""
        {"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema":
          {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Action"},
            "map": {"$ref": "#/components/schemas/Map"}}}}}}}}}},
         "components": {"schemas": {"Action": {"type": "object", "properties": {"x": {"type": "string"}}},
           "Map": {"type": "object", "properties": {"y": {"type": "string"}}}}}}
        """), "daml/Shop/Api/Types.daml");
    assertThat(types).contains("data Action_ = Action_ with\n", "data Map_ = Map_ with\n",
        "    next : Optional Action_\n    map : Optional Map_\n");
  }

  @Test
  void sameDescriptionMakesTheSameBytes() {
    assertThat(generate(Descriptions.SHOP)).isEqualTo(generate(Descriptions.SHOP));
  }

  @Test
  void templatesAreWrittenForTheNodesOwnLedgerToo() {
    JsonNode templates = JsonMapper.shared().readTree(file(generate(Descriptions.SHOP), "templates.yaml"));
    JsonNode request = templates.path("templates").path("Shop.Api.Requests:ReplaceItem");
    assertThat(request.path("signatories").get(0).asString()).isEqualTo("requestor");
    assertThat(request.path("choices").path("ReplaceItem_Respond").path("controllers").get(0).asString())
        .isEqualTo("gateway");
    assertThat(templates.path("types").path("Shop.Api.Types:Item").path("record").path("parts").asString())
        .isEqualTo("[Shop.Api.Types:Item]");
  }

  @Test
  void nullableMayBeMissing() {
    String types = file(generate("""
        {"openapi": "3.0.3", "paths": {"/a": {"get": {"parameters": [
          {"name": "q", "in": "query", "required": true, "schema": {"type": "string", "nullable": true}},
          {"name": "r", "in": "query", "required": true, "schema": {"oneOf": [{"type": "null"}, {"type": "integer"}]}}],
          "responses": {}}}}}
        """), "daml/Shop/Api/Types.daml");
    assertThat(types).contains("    q : Optional Text\n    r : Optional Int\n");
  }

  @Test
  void whatIsNoDescriptionIsRefusedWithThePlace() {
    assertRefused("{\"swagger\": \"1.2\"}", "no known version");
    assertRefused("{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"$ref\": \"#/nowhere\"}}}", "leads nowhere");
    assertRefused("{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"$ref\": \"http://x/y\"}}}", "out of the document");
    assertRefused("{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"get\": {\"responses\": {\"ok\": {}}}}}}",
        "write 100 to 599");
    assertRefused("{\"openapi\": ", "neither JSON nor YAML");
  }

  private static void assertRefused(String description, String why) {
    assertThatThrownBy(() -> generate(description)).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
      assertThat(e).hasMessageContaining(why);
    });
  }

  @Test
  void g19JavaTypesCompileAndComeBackFromTheLedgerAsTheyWent(@TempDir Path folder) throws Exception {
    compile(generate(Descriptions.SHOP).files(), folder);
    compile(generate(Descriptions.JIRA).files(), folder.resolve("jira"));
    try (var loader = new URLClassLoader(new URL[]{folder.toUri().toURL()}, getClass().getClassLoader())) {
      LedgerValue.Struct circle = LedgerValue.struct("radius", LedgerValue.some(LedgerValue.numeric("1.5")), "kind",
          LedgerValue.none()).with("inner", LedgerValue.none());
      LedgerValue.Struct leaf = LedgerValue.struct("id", LedgerValue.text("a"), "made", LedgerValue.none())
          .with("price", LedgerValue.numeric("2")).with("on", LedgerValue.none()).with("parts", LedgerValue.list())
          .with("tags", LedgerValue.some(LedgerValue.textMap(Map.of("k", LedgerValue.int64(3)))))
          .with("shape", new LedgerValue.Variant("Shape_Circle", circle))
          .with("colour", new LedgerValue.Enumeration("ItemColour_darkBlue")).with("free", LedgerValue.none())
          .with("where_", LedgerValue.none());
      LedgerValue.Struct item = leaf.with("parts", LedgerValue.list(leaf));
      Class<?> type = loader.loadClass("example.shop.Item");
      Object read = type.getMethod("fromValue", LedgerValue.class).invoke(null, item);
      assertThat(type.getMethod("toValue").invoke(read)).isEqualTo(item);
      LedgerValue answer = new LedgerValue.Variant("GetItemsItemIdResponseBody_Unexpected",
          LedgerValue.struct("status", LedgerValue.int64(418), "body", LedgerValue.text("teapot")));
      Class<?> body = loader.loadClass("example.shop.GetItemsItemIdResponseBody");
      Object told = body.getMethod("fromValue", LedgerValue.class).invoke(null, answer);
      assertThat(body.getMethod("toValue").invoke(told)).isEqualTo(answer);
    }
  }

  private static void compile(Map<String, String> files, Path folder) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", folder.toString(), "-cp",
        Path.of(LedgerValue.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString()));
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (file.getKey().endsWith(".java")) {
        Path path = folder.resolve("source").resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
        arguments.add(path.toString());
      }
    }
    assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new))).isZero();
  }

  @Test
  void descriptionOf500OperationsTakesLessThanFiveSeconds() {
    StringBuilder paths = new StringBuilder();
    StringBuilder schemas = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      paths.append(i == 0 ? "" : ",").append("""
          "/p%1$d/{id}": {"post": {"operationId": "org.example.Resource%1$d.create",
            "parameters": [{"in": "path", "name": "id", "schema": {"type": "string"}}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S%1$d"}}}},
            "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S%1$d"}}}},
              "404": {"description": "no"}}}}""".formatted(i));
      schemas.append(i == 0 ? "" : ",").append("""
          "S%1$d": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/S%2$d"},
            "kind": {"type": "string", "enum": ["a", "b"]}, "list": {"type": "array", "items": {"type": "integer"}}}}"""
          .formatted(i, (i + 1) % 500));
    }
    String description = "{\"openapi\": \"3.0.0\", \"paths\": {" + paths + "}, \"components\": {\"schemas\": {"
        + schemas
        + "}}}";
    long start = System.nanoTime();
    OpenApiGenerator.Generated generated = generate(description);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(generated.files()).hasSizeGreaterThan(2_000);
  }

  @Property(tries = 50, seed = "4713")
  void anyTextIsGeneratedFromOrRefused(@ForAll String text, @ForAll int cut) {
    for (String description : List.of(text, "{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"get\": " + text + "}}}",
        Descriptions.SHOP.substring(0, Math.floorMod(cut, Descriptions.SHOP.length())),
        "{\"swagger\":\"2.0\",\"paths\":"
            + JsonMapper.shared().writeValueAsString(Map.of(text, Map.of("get", Map.of("operationId", text)))) + "}")) {
      try {
        assertThat(generate(description).files()).isNotEmpty();
      } catch (FairwayException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID);
      }
    }
  }
}
