package io.reckon.jobs.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Records as small JSON files, written once. */
final class SmallFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SmallFile() {}

  /**
   * @throws org.apache.hadoop.fs.FileAlreadyExistsException where there is such a file, on file
   *     systems that can tell
   */
  static void create(FileSystem files, Path path, Object value) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(value);
    try (FSDataOutputStream out = files.create(path, false)) {
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
