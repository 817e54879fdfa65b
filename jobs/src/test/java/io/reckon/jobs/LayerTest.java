package io.reckon.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The folders are the architecture: jobs uses udfs uses engine, never back. */
@AnalyzeClasses(packages = "io.reckon", importOptions = DoNotIncludeTests.class)
class LayerTest {
  @ArchTest
  static final ArchRule MODULES =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("jobs")
          .definedBy("io.reckon.jobs..")
          .layer("udfs")
          .definedBy("io.reckon.udfs..")
          .layer("engine")
          .definedBy("io.reckon.engine..")
          .whereLayer("jobs")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("udfs")
          .mayOnlyBeAccessedByLayers("jobs")
          .whereLayer("engine")
          .mayOnlyBeAccessedByLayers("udfs", "jobs");

  @ArchTest
  static final ArchRule PACKAGES_OF_JOBS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("cli")
          .definedBy("io.reckon.jobs.cli..")
          .layer("api")
          .definedBy("io.reckon.jobs.api..")
          .layer("infer")
          .definedBy("io.reckon.jobs.infer..")
          .layer("plan")
          .definedBy("io.reckon.jobs.plan..")
          .layer("commit")
          .definedBy("io.reckon.jobs.commit..")
          .layer("report")
          .definedBy("io.reckon.jobs.report..")
          .layer("source")
          .definedBy("io.reckon.jobs.source..")
          .layer("batch")
          .definedBy("io.reckon.jobs.batch..")
          .layer("tables")
          .definedBy("io.reckon.jobs.tables..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("api")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("infer")
          .mayOnlyBeAccessedByLayers("cli", "api")
          .whereLayer("plan")
          .mayOnlyBeAccessedByLayers("infer", "cli", "api")
          .whereLayer("commit")
          .mayOnlyBeAccessedByLayers("infer")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("infer", "cli")
          .whereLayer("source")
          .mayOnlyBeAccessedByLayers("plan", "infer", "cli", "api")
          .whereLayer("batch")
          .mayOnlyBeAccessedByLayers("source", "infer")
          .whereLayer("tables")
          .mayOnlyBeAccessedByLayers("batch", "plan", "commit", "report", "infer", "cli", "api");

  @ArchTest
  static final ArchRule THE_ENGINE_KNOWS_NO_SPARK =
      noClasses()
          .that()
          .resideInAPackage("io.reckon.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "io.delta..", "org.apache.arrow..", "scala..");

  @ArchTest
  static final ArchRule TENSORS_STAY_IN_THE_ENGINE =
      noClasses()
          .that()
          .resideInAnyPackage("io.reckon.udfs..", "io.reckon.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..", "io.reckon.engine.program..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_PARSES_OPTIONS =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.reckon.jobs.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");
}
