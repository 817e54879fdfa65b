package io.reckon.udfs.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file of any Hadoop file system as the channel that Arrow reads from. */
final class SeekableInput implements SeekableByteChannel {
  private static final int CHUNK = 64 * 1024;

  private final FSDataInputStream in;
  private final long size;
  private boolean open = true;

  private SeekableInput(FSDataInputStream in, long size) {
    this.in = in;
    this.size = size;
  }

  static SeekableInput open(FileSystem files, Path path) throws IOException {
    long size = files.getFileStatus(path).getLen();
    return new SeekableInput(files.open(path), size);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    // Not every file system reads into a buffer itself.
    byte[] chunk = new byte[Math.min(CHUNK, target.remaining())];
    int read = in.read(chunk);
    if (read > 0) {
      target.put(chunk, 0, read);
    }
    return read;
  }

  @Override
  public long position() throws IOException {
    return in.getPos();
  }

  @Override
  public SeekableByteChannel position(long place) throws IOException {
    in.seek(place);
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    in.close();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long length) {
    throw new NonWritableChannelException();
  }
}
