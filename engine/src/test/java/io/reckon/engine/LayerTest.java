package io.reckon.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.reckon.engine", importOptions = DoNotIncludeTests.class)
class LayerTest {
  @ArchTest
  static final ArchRule PACKAGES =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("root")
          .definedBy("io.reckon.engine")
          .layer("api")
          .definedBy("..engine.api")
          .layer("metrics")
          .definedBy("..engine.metrics")
          .layer("checkpoint")
          .definedBy("..engine.checkpoint..")
          .layer("text")
          .definedBy("..engine.text")
          .layer("cache")
          .definedBy("..engine.cache")
          .layer("schedule")
          .definedBy("..engine.schedule")
          .layer("program")
          .definedBy("..engine.program")
          .layer("constraint")
          .definedBy("..engine.constraint")
          .layer("sample")
          .definedBy("..engine.sample")
          .layer("remote")
          .definedBy("..engine.remote")
          .layer("train")
          .definedBy("..engine.train..")
          .whereLayer("train")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("root")
          .mayOnlyBeAccessedByLayers("train")
          .whereLayer("remote")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("schedule")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("constraint")
          .mayOnlyBeAccessedByLayers("root", "sample")
          .whereLayer("sample")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("program")
          .mayOnlyBeAccessedByLayers("root", "train")
          .whereLayer("cache")
          .mayOnlyBeAccessedByLayers("root", "schedule")
          .whereLayer("text")
          .mayOnlyBeAccessedByLayers("root", "train")
          .whereLayer("checkpoint")
          .mayOnlyBeAccessedByLayers("root", "text", "program", "train")
          .whereLayer("metrics")
          .mayOnlyBeAccessedByLayers("root");

  @ArchTest
  static final ArchRule ONLY_PROGRAMS_HOLD_TENSORS =
      noClasses()
          .that()
          .resideOutsideOfPackages("..engine.program", "..engine.train..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl.ndarray..", "ai.djl.pytorch..");

  @ArchTest
  static final ArchRule NO_SPARK =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "org.apache.arrow..", "org.apache.hadoop..");
}
