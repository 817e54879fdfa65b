package io.reckon.engine;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.ErrorCode;
import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.api.ReasoningMarkers;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.checkpoint.GgufHeader;
import io.reckon.engine.checkpoint.ModelLocation;
import io.reckon.engine.constraint.Constraints;
import io.reckon.engine.program.ScriptProgram;
import io.reckon.engine.text.PromptEncoder;
import io.reckon.engine.text.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;

/** Opens engines. */
public final class ReckonEngine {
  private ReckonEngine() {}

  /**
   * Loads the model and starts the engine's thread.
   *
   * @throws io.reckon.engine.api.EngineException where the checkpoint or an option is at fault
   */
  public static InferenceEngine open(EngineConfiguration configuration) {
    Checkpoint checkpoint = Checkpoint.open(configuration.model());
    EngineText text = text(checkpoint, configuration.markers());
    EngineThread thread = new EngineThread();
    try {
      requireTemplate(configuration.model(), checkpoint, text);
      BatchedEngine engine = loaded(checkpoint, configuration, text, thread);
      engine.start();
      return engine;
    } catch (RuntimeException | Error e) {
      thread.end();
      text.close();
      throw e;
    }
  }

  private static BatchedEngine loaded(
      Checkpoint checkpoint, EngineConfiguration configuration, EngineText text, EngineThread own) {
    LoadedModel model = own.call(() -> LoadedModel.load(checkpoint, configuration));
    try {
      ModelDescription description = description(checkpoint, configuration, model);
      return new BatchedEngine(description, text, model, configuration, own);
    } catch (RuntimeException | Error e) { // The weights are read once more for the fingerprint.
      own.endWith(model::close);
      own.join();
      throw e;
    }
  }

  /** Writes the model's program, without weights, as a TorchScript archive. */
  public static void writeProgram(OutputStream out) throws IOException {
    ScriptProgram.writeArchive("model.py", out);
  }

  /** Loads what a checkpoint says of text. */
  static EngineText text(Checkpoint checkpoint, ReasoningMarkers markers) {
    Tokenizer tokenizer = tokenizer(checkpoint, markers);
    try {
      Set<Integer> endTokens = endTokens(checkpoint, tokenizer);
      Constraints constraints =
          new Constraints(tokenizer::bytesOfText, tokenizer::encodeText, endTokens);
      return new EngineText(tokenizer, encoder(checkpoint, tokenizer), constraints, endTokens);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * Those of the configuration, and the tokenizer's own: a fine-tune for conversations often
   * changes the latter only. A GGUF has it among the former, but that may be the base model's, so
   * that llama.cpp goes by spellings too.
   */
  private static Set<Integer> endTokens(Checkpoint checkpoint, Tokenizer tokenizer) {
    Set<Integer> ids = new HashSet<>(checkpoint.configuration().endTokens());
    if (checkpoint.gguf().isPresent()) {
      ids.addAll(tokenizer.turnEnds());
    } else {
      tokenizer.endToken(checkpoint.folder()).ifPresent(ids::add);
    }
    return Set.copyOf(ids);
  }

  private static Tokenizer tokenizer(Checkpoint checkpoint, ReasoningMarkers markers) {
    int size = checkpoint.configuration().vocabularySize();
    return checkpoint
        .gguf()
        .map(header -> Tokenizer.load(header, size, markers))
        .orElseGet(() -> Tokenizer.load(checkpoint.folder(), size, markers));
  }

  private static PromptEncoder encoder(Checkpoint checkpoint, Tokenizer tokenizer) {
    return checkpoint
        .gguf()
        .map(header -> PromptEncoder.load(header, tokenizer))
        .orElseGet(() -> PromptEncoder.load(checkpoint.folder(), tokenizer));
  }

  /** What Ollama holds is made for conversations; its own templates are no Jinja. */
  private static void requireTemplate(String model, Checkpoint checkpoint, EngineText text) {
    if (ModelLocation.isOllama(model) && !text.encoder().hasTemplate()) {
      throw new EngineException(
          ErrorCode.BAD_CHECKPOINT,
          "%s: its file holds no chat template, and that of Ollama is not read; link %s to NAME.gguf, put chat_template.jinja beside it, and give NAME.gguf"
              .formatted(model, checkpoint.gguf().map(GgufHeader::path).orElseThrow()));
    }
  }

  private static ModelDescription description(
      Checkpoint checkpoint, EngineConfiguration configuration, LoadedModel model) {
    return new ModelDescription(
        checkpoint.name(),
        fingerprint(checkpoint, configuration.markers()),
        LoadedModel.mode(configuration).optionName(),
        configuration.device(),
        model.contextTokens(),
        checkpoint.configuration().vocabularySize(),
        checkpoint.parameters());
  }

  /** Markers that were given part the same text in other ways, so the model counts as another. */
  private static String fingerprint(Checkpoint checkpoint, ReasoningMarkers markers) {
    return markers.areGiven()
        ? checkpoint.fingerprint() + " " + markers.open() + markers.close()
        : checkpoint.fingerprint();
  }
}
