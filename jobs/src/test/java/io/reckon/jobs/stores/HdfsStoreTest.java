package io.reckon.jobs.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.UserError;
import io.reckon.jobs.commit.RunLock;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on HDFS: a name node and two data nodes of this process. */
class HdfsStoreTest extends StoreScenarios {
  @TempDir static java.nio.file.Path disks;
  private static MiniDFSCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster =
        new MiniDFSCluster.Builder(
                new Configuration(), Files.createDirectory(disks.resolve("dfs")).toFile())
            .numDataNodes(2)
            .build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    cluster.shutdown(true);
  }

  @Override
  Map<String, String> settings() {
    return Map.of("dfs.replication", "2");
  }

  @Override
  Path folder(String name) {
    return new Path(cluster.getURI() + "/stores/" + name);
  }

  @Test
  void aLockThatItsRunIsStillWritingIsHeld() throws Exception {
    Path output = folder("writing/out");
    try (FileSystem other = FileSystem.newInstance(cluster.getURI(), hadoop());
        FSDataOutputStream lock = other.create(new Path(output, "_reckon/lock"), false)) {
      lock.hflush();
      assertThatThrownBy(() -> RunLock.take(state(folder("writing")), "second"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another run writes to '" + output + "'");
    }
    assertThat(files().exists(new Path(output, "_reckon/lock"))).isTrue();
  }
}
