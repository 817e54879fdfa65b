package io.reckon.engine.checkpoint;

import io.reckon.engine.api.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What a GGUF file says of itself: its metadata and where its tensors lie. Lists, of which a
 * vocabulary is the largest, are read from the file when they are asked for. Safe for any thread.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class GgufHeader {
  private static final int LONGEST_ITEM = 1 << 20;

  /** As many as a {@code tokenizer.json} may have, which is the same vocabulary with more words. */
  private static final long MOST_LIST_BYTES = 128L << 20;

  private final Path path;
  private final Map<String, GgufValue> metadata;
  private final Map<String, StoredTensor> tensors;

  GgufHeader(Path path, Map<String, GgufValue> metadata, Map<String, StoredTensor> tensors) {
    this.path = path;
    this.metadata = Collections.unmodifiableMap(metadata);
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Reads the header of one file, be it whole or a part of several.
   *
   * @throws EngineException {@code BAD_CHECKPOINT} where it is no GGUF, cut short or damaged
   */
  public static GgufHeader read(Path path) {
    return GgufHeaderReader.read(path);
  }

  public Path path() {
    return path;
  }

  /** The tensors of this file by name, in its order. */
  public Map<String, StoredTensor> tensors() {
    return tensors;
  }

  /**
   * A text.
   *
   * @throws EngineException here and below, where the key has a value of another kind
   */
  public Optional<String> text(String key) {
    return value(key, GgufValue.Text.class, "a text").map(GgufValue.Text::text);
  }

  /** A whole number of any width. */
  public OptionalLong whole(String key) {
    return value(key, GgufValue.Whole.class, "a whole number")
        .map(whole -> OptionalLong.of(whole.number()))
        .orElse(OptionalLong.empty());
  }

  /** A number, whole or not. */
  public OptionalDouble number(String key) {
    if (metadata.get(key) instanceof GgufValue.Whole whole) {
      return OptionalDouble.of((double) whole.number());
    }
    return value(key, GgufValue.Fraction.class, "a number")
        .map(fraction -> OptionalDouble.of(fraction.number()))
        .orElse(OptionalDouble.empty());
  }

  public Optional<Boolean> flag(String key) {
    return value(key, GgufValue.Flag.class, "true or false").map(GgufValue.Flag::set);
  }

  /**
   * A list of texts; empty where the key is missing.
   *
   * @param most that it may have
   */
  public List<String> texts(String key, long most) {
    return items(key, type -> type == GgufType.STRING, "texts", most)
        .map(items -> read(items, input -> input.text(LONGEST_ITEM)))
        .orElse(List.of());
  }

  /**
   * A list of whole numbers; empty where the key is missing.
   *
   * @param most that it may have
   */
  public List<Long> wholes(String key, long most) {
    return items(key, type -> type.isNumber() && !type.isFraction(), "whole numbers", most)
        .map(items -> read(items, input -> input.whole(items.type())))
        .orElse(List.of());
  }

  private Optional<GgufValue.Items> items(
      String key, Predicate<GgufType> fits, String what, long most) {
    Optional<GgufValue.Items> items = value(key, GgufValue.Items.class, "a list");
    items.ifPresent(list -> require(key, list, fits.test(list.type()), what));
    items.ifPresent(list -> requireSize(key, list, most));
    return items;
  }

  private void require(String key, GgufValue.Items items, boolean fits, String what) {
    if (!fits) {
      throw CheckpointErrors.bad(
          path, "%s is a list of %s where %s are needed".formatted(key, items.type(), what));
    }
  }

  /** In memory a list of empty texts is many times what it is in the file. */
  private void requireSize(String key, GgufValue.Items items, long most) {
    if (items.count() > most) {
      throw CheckpointErrors.bad(
          path,
          "%s has %d items where the model's embedding has room for %d; the file may be damaged"
              .formatted(key, items.count(), most));
    }
    if (items.bytes() > MOST_LIST_BYTES) {
      throw CheckpointErrors.bad(
          path,
          "%s has %d bytes where %d are allowed; the file may be damaged"
              .formatted(key, items.bytes(), MOST_LIST_BYTES));
    }
  }

  private <V extends GgufValue> Optional<V> value(String key, Class<V> kind, String what) {
    GgufValue value = metadata.get(key);
    if (value != null && !kind.isInstance(value)) {
      throw CheckpointErrors.bad(
          path, "%s is %s where %s is needed".formatted(key, CheckpointErrors.shown(value), what));
    }
    return Optional.ofNullable(kind.cast(value));
  }

  @FunctionalInterface
  private interface Item<T> {
    T read(GgufInput input) throws IOException;
  }

  private <T> List<T> read(GgufValue.Items items, Item<T> item) {
    try (GgufInput input = GgufInput.open(path, items.position())) {
      List<T> list = new ArrayList<>();
      for (long i = 0; i < items.count(); i++) {
        list.add(item.read(input));
      }
      return list;
    } catch (IOException e) {
      throw CheckpointErrors.unreadable(path, e);
    }
  }
}
