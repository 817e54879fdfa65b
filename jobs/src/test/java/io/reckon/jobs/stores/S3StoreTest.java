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

  /** Nothing is copied, as S3A does in place of a rename, and listings are few. */
  @Override
  void lookAtAWholeRun() {
    Map<String, Long> operations = server.operations();
    System.out.println("S3 operations of a run of 22 prompts: " + operations);
    assertThat(operations).doesNotContainKeys("COPY", "UPLOAD").containsKey("PUT if none");
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
