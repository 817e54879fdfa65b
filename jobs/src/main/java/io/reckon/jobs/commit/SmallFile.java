package io.reckon.jobs.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Records as small JSON files, written once. */
final class SmallFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Has an object store look once more as it takes the whole file, when nothing can come between.
   * Other file systems look as the file is made.
   */
  private static final String ONLY_WHERE_THERE_IS_NONE = "fs.option.create.conditional.overwrite";

  private SmallFile() {}

  /**
   * Makes the file where there is none.
   *
   * @throws IOException where there is one, on file systems that can tell, in words of their own
   */
  static void create(FileSystem files, Path path, Object value) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(value);
    FSDataOutputStreamBuilder<?, ?> file = files.createFile(path).recursive().overwrite(false);
    if (files.hasPathCapability(path, ONLY_WHERE_THERE_IS_NONE)) {
      file.must(ONLY_WHERE_THERE_IS_NONE, true);
    }
    try (FSDataOutputStream out = file.build()) {
      out.write(bytes);
    }
  }

  /** Empty where the file was not written to its end. */
  static <T> Optional<T> read(FileSystem files, Path path, Class<T> type) throws IOException {
    try (FSDataInputStream in = files.open(path)) {
      return Optional.of(JSON.readValue(in.readAllBytes(), type));
    } catch (JsonProcessingException | org.apache.hadoop.fs.ChecksumException e) {
      return Optional.empty();
    }
  }
}
