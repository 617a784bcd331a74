package dev.fairway.system;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The picture in ARCHITECTURE.md, held against the code. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoomsTest {
  private static final List<String> DOORS = List.of("exchange", "automation", "connectors", "datatrust");

  private JavaClasses classes = new ClassFileImporter().importPackages();

  @BeforeAll
  void readClasses() {
    classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages("dev.fairway");
  }

  @TestFactory
  Stream<DynamicTest> aDoorNeverUsesAnotherDoor() {
    return DOORS.stream().map(door -> DynamicTest.dynamicTest(door, () -> {
      String[] others = DOORS.stream().filter(other -> !other.equals(door)).map(RoomsTest::room).toArray(String[]::new);
      rule(noClasses().that().resideInAPackage(room(door)).should().dependOnClassesThat().resideInAnyPackage(others)
          .because("doors meet in the journal, in core's SPIs and in node"));
    }));
  }

  @Test
  void coreUsesNothingButTheJdk() {
    rule(noClasses().that().resideInAPackage(room("core")).should().dependOnClassesThat()
        .resideOutsideOfPackages(room("core"), "java..", "org.jspecify..")
        .because("a home of an SPI must need nothing else to compile"));
  }

  @Test
  void theSpineKnowsNoDoorAndNoHttp() {
    rule(noClasses().that().resideInAPackage(room("store")).should().dependOnClassesThat()
        .resideOutsideOfPackages(room("store"), room("core"), "java..", "javax.sql..", "org..", "com.zaxxer..",
            "tools.jackson..", "io.micrometer..")
        .because("every door stands on the spine"));
  }

  @Test
  void onlyTheNodeKnowsTheNode() {
    rule(noClasses().that().resideOutsideOfPackage(room("node")).should().dependOnClassesThat()
        .resideInAPackage(room("node")).because("the node is the one room that knows all the others"));
  }

  @Test
  void javalinStaysBehindWeb() {
    rule(noClasses().that().resideOutsideOfPackage(room("web")).should().dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..")
        .because("doors declare routes and never see the server under them"));
  }

  @Test
  void amazonsClientStaysInItsRoom() {
    rule(noClasses().that().resideOutsideOfPackage(room("s3")).should().dependOnClassesThat()
        .resideInAPackage("software.amazon..").because("a node with a folder needs no bucket"));
  }

  @Test
  void databaseDriversStayBehindTheStore() {
    rule(noClasses().that().resideOutsideOfPackages(room("store"), room("exchange"), room("connectors"), room("system"))
        .should().dependOnClassesThat().resideInAnyPackage("org.sqlite..", "org.postgresql..", "com.zaxxer..")
        .because("there is one store; only a shared medium and a connector's own database are others"));
  }

  private void rule(ArchRule rule) {
    rule.check(classes);
  }

  private static String room(String name) {
    return "dev.fairway." + name + "..";
  }
}
