package io.reckon.jobs.commit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local disk, on which a file is made only where there is none, as HDFS does. */
final class AtomicCreateFileSystem extends RawLocalFileSystem {
  private final AtomicInteger refusals = new AtomicInteger();
  private Duration behind = Duration.ZERO;

  static AtomicCreateFileSystem open() throws IOException {
    return refusing(0);
  }

  /** One that says so often first that a file is there, which then is not. */
  static AtomicCreateFileSystem refusing(int times) throws IOException {
    AtomicCreateFileSystem files = new AtomicCreateFileSystem();
    files.refusals.set(times);
    files.initialize(URI.create("file:///"), new Configuration());
    return files;
  }

  /** One whose clock is so much behind this machine's. */
  static AtomicCreateFileSystem behind(Duration behind) throws IOException {
    AtomicCreateFileSystem files = open();
    files.behind = behind;
    return files;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    FileStatus status = super.getFileStatus(path);
    return new FileStatus(
        status.getLen(),
        status.isDirectory(),
        1,
        status.getBlockSize(),
        status.getModificationTime() - behind.toMillis(),
        status.getPath());
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (refusals.getAndDecrement() > 0) {
      throw new FileAlreadyExistsException(path.toString());
    }
    if (!overwrite) {
      mkdirs(path.getParent());
      Files.createFile(pathToFile(path).toPath());
    }
    return super.create(path, permission, true, bufferSize, replication, blockSize, progress);
  }
}
