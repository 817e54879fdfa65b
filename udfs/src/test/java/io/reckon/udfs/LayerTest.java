package io.reckon.udfs;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** From SQL's functions down: a package is used by those above it alone, so none in a circle. */
@AnalyzeClasses(packages = "io.reckon.udfs", importOptions = DoNotIncludeTests.class)
class LayerTest {
  @ArchTest
  static final ArchRule PACKAGES =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .ensureAllClassesAreContainedInArchitecture()
          .layer("sql")
          .definedBy("..udfs.sql")
          .layer("root")
          .definedBy("io.reckon.udfs")
          .layer("ui")
          .definedBy("..udfs.ui")
          .layer("watch")
          .definedBy("..udfs.watch")
          .layer("page")
          .definedBy("..udfs.page")
          .layer("journal")
          .definedBy("..udfs.journal")
          .layer("model")
          .definedBy("..udfs.model")
          .whereLayer("sql")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("root")
          .mayOnlyBeAccessedByLayers("sql")
          .whereLayer("ui")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("watch")
          .mayOnlyBeAccessedByLayers("root", "ui")
          .whereLayer("page")
          .mayOnlyBeAccessedByLayers("ui")
          .whereLayer("journal")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("model")
          .mayOnlyBeAccessedByLayers("root");
}
