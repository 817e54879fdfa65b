package io.reckon.jobs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.tables.OutputFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  @TempDir java.nio.file.Path folder;

  /** A local disk that deletes no work. */
  static final class KeepsWork extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("keeps:///");
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
      if (path.toString().contains("/work/")) {
        throw new IOException("cannot delete " + path);
      }
      return super.delete(path, recursive);
    }
  }

  @Test
  void aRunIsFoundByItsJournalUntilAllElseOfItIsDeleted() throws Exception {
    SparkSession spark = TestSpark.session();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.keeps.impl", KeepsWork.class.getName());
    OutputFolder output = OutputFolder.at(spark, "keeps://" + folder);
    StateFolder state = new StateFolder(output, hadoop);
    Files.createDirectories(folder.resolve("_reckon/work/run-1"));
    Files.createDirectories(folder.resolve("_reckon/journal/run-1"));

    assertThatThrownBy(() -> state.forget("run-1")).hasMessageContaining("cannot delete");

    assertThat(state.journaledRuns()).containsExactly("run-1");
  }
}
