package io.reckon.udfs.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model in a Hadoop file system.
 *
 * @param path a folder, or a GGUF file
 * @param isFolder which of the two
 * @param files what the model is made of, by name
 */
record RemoteModel(FileSystem fileSystem, Path path, boolean isFolder, List<FileStatus> files) {
  private static final Pattern PART_OF_A_MODEL =
      Pattern.compile(".+\\.(json|jinja|safetensors|gguf)");
  private static final Pattern SPLIT = Pattern.compile("(.+)-\\d{5}-of-(\\d{5})\\.gguf");
  private static final int IDENTITY_BYTES = 12;

  /**
   * Looks at what is there.
   *
   * @param uri of a folder or a GGUF file, any one of them where it is split
   * @throws io.reckon.engine.api.EngineException {@code BAD_CHECKPOINT} where there is no model, or
   *     the file system can't be asked
   */
  static RemoteModel list(String uri, Configuration hadoop) {
    try {
      Path path = new Path(uri);
      FileSystem fileSystem = path.getFileSystem(hadoop);
      FileStatus status = fileSystem.getFileStatus(path);
      FileStatus[] beside = fileSystem.listStatus(status.isDirectory() ? path : path.getParent());
      Pattern parts = status.isDirectory() ? PART_OF_A_MODEL : partsOf(path.getName());
      List<FileStatus> files =
          Arrays.stream(beside)
              .filter(FileStatus::isFile)
              .filter(file -> parts.matcher(file.getPath().getName()).matches())
              .sorted(Comparator.comparing(file -> file.getPath().getName()))
              .toList();
      if (files.isEmpty()) {
        throw ModelErrors.bad(uri, "holds no files of a model; give a model folder or a GGUF file");
      }
      return new RemoteModel(fileSystem, path, status.isDirectory(), files);
    } catch (FileNotFoundException e) {
      throw ModelErrors.bad(uri, "there is no such file or folder; check the address");
    } catch (IOException | IllegalArgumentException e) {
      throw ModelErrors.unreadable(uri, e);
    }
  }

  /** Of a GGUF: the file, or all parts of it, and the template beside it. */
  private static Pattern partsOf(String name) {
    Matcher split = SPLIT.matcher(name);
    String parts =
        split.matches()
            ? Pattern.quote(split.group(1)) + "-\\d{5}-of-" + split.group(2) + "\\.gguf"
            : Pattern.quote(name);
    return Pattern.compile(parts + "|chat_template\\.jinja");
  }

  /** Whether its files are this machine's own. */
  boolean isLocal() {
    return fileSystem.getUri().getScheme().equals("file");
  }

  /** Where it lies if it is {@link #isLocal}. */
  java.nio.file.Path localPath() {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /** Another where the address, a file's length or its time differ. */
  String identity() {
    StringBuilder text = new StringBuilder(path.toString());
    for (FileStatus file : files) {
      text.append('\0').append(file.getPath().getName());
      text.append('\0').append(file.getLen()).append('\0').append(file.getModificationTime());
    }
    MessageDigest digest = Sha256.digest();
    byte[] hash = digest.digest(text.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, IDENTITY_BYTES);
  }
}
