package io.reckon.udfs.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One model's copy on this machine. A file takes its name, and its place in the list, only when it
 * is whole and on the disk; so whatever dies, and whenever, the next one goes on with the file that
 * was being copied. Used by the holder of the copy's lock.
 *
 * @param folder where the model's files go, with their list
 */
record ModelCopy(RemoteModel model, Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCopy.class);
  private static final String LIST = "SHA256SUMS";
  private static final int CHUNK_BYTES = 4 << 20;
  private static final int TRIES = 2;

  /** Copies what is missing, or has another length. */
  void complete() throws IOException {
    CopiedFiles copied = CopiedFiles.read(folder.resolve(LIST));
    List<FileStatus> missing = new ArrayList<>();
    for (FileStatus file : model.files()) {
      if (!copied.has(name(file)) || !hasItsLength(folder.resolve(name(file)), file)) {
        missing.add(file);
      }
    }
    requireRoom(missing.stream().mapToLong(FileStatus::getLen).sum());
    for (FileStatus file : missing) {
      copied.add(name(file), copy(file));
    }
  }

  private static String name(FileStatus file) {
    return file.getPath().getName();
  }

  private static boolean hasItsLength(Path copy, FileStatus file) throws IOException {
    return Files.isRegularFile(copy) && Files.size(copy) == file.getLen();
  }

  private void requireRoom(long bytes) throws IOException {
    long room = Files.getFileStore(folder).getUsableSpace();
    if (bytes > room) {
      throw ModelErrors.bad(
          model.path(),
          "%s are to be copied to %s, which has room for %s; make room, or name another folder by %s"
              .formatted(gigabytes(bytes), folder, gigabytes(room), ModelCopies.FOLDER_KEY));
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /** Gives the checksum of a file that has arrived as it was sent. */
  private String copy(FileStatus file) throws IOException {
    long start = System.nanoTime();
    Path part = folder.resolve(name(file) + ".part");
    String sum = write(file, part);
    for (int tries = 1; !hasItsLength(part, file) || !Sha256.of(part).equals(sum); tries++) {
      if (tries == TRIES) {
        throw new IOException(
            part + " does not read as it was written, " + TRIES + " times; is the disk sound?");
      }
      LOG.warn("{} did not arrive as it was sent; it is copied again", file.getPath());
      sum = write(file, part);
    }
    Files.move(part, folder.resolve(name(file)), StandardCopyOption.ATOMIC_MOVE);
    long seconds = Math.round((System.nanoTime() - start) / 1e9);
    LOG.info("Copied {}: {} in {} s", file.getPath(), gigabytes(file.getLen()), seconds);
    return sum;
  }

  /** Gives the checksum of what was read. */
  private String write(FileStatus file, Path part) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = model.fileSystem().open(file.getPath());
        FileChannel out =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
        writeFully(out, ByteBuffer.wrap(chunk, 0, count));
      }
      out.force(true);
    }
    return Sha256.of(digest);
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
