package io.reckon.jobs.stores;

import static org.assertj.core.api.Assertions.assertThat;

import io.reckon.udfs.journal.JournalFile;
import io.reckon.udfs.journal.JournalFolder;
import io.reckon.udfs.journal.TaskAttempt;
import java.util.Map;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs on S3, by Hadoop's S3A and Delta's own settings for it. */
class S3StoreTest extends StoreScenarios {
  private static S3Server server;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start();
  }

  @AfterAll
  static void stop() throws Exception {
    server.stop();
  }

  @Override
  Map<String, String> settings() {
    return server.settings();
  }

  @Override
  Path folder(String name) {
    return new Path("s3a://" + S3Server.BUCKET + "/stores/" + name);
  }

  @BeforeEach
  void countFromHere() {
    server.operations();
  }

  /**
   * Nothing of ours is renamed, which S3A does by copying, and listings are few. Delta renames the
   * checksum of each version, which it can do without.
   */
  @Override
  void lookAtAWholeRun() {
    Map<String, Long> operations = server.operations();
    System.out.println("S3 operations of a run of 22 prompts: " + operations);
    assertThat(operations).doesNotContainKey("UPLOAD").containsKey("PUT if none");
    assertThat(server.copied())
        .allMatch(
            key -> key.matches(".*/(answers|reasoning_traces|runs)/_delta_log/\\d{20}\\.crc"));
    assertThat(operations.get("LIST")).isLessThan(500);
  }

  @Test
  void aFileThatIsHalfSentIsNotThere() throws Exception {
    JournalFolder journal = new JournalFolder(folder("half/run"), hadoop());
    JournalFile file = new JournalFile(new TaskAttempt(0, 1), 0);
    FSDataOutputStream out = files().create(journal.path(file), false);

    out.write(new byte[11 << 20]); // Two parts and a piece of the third.
    out.flush();

    assertThat(server.openUploads()).isOne();
    assertThat(files().exists(journal.path(file))).isFalse();
    assertThat(journal.closed(any -> true)).isEmpty();
    out.abort();
    assertThat(server.openUploads()).isZero();
    assertThat(files().exists(journal.path(file))).isFalse();
  }
}
