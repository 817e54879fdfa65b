package io.reckon.engine;

import io.reckon.engine.api.InferenceEngine;
import io.reckon.engine.api.ModelDescription;
import io.reckon.engine.checkpoint.Checkpoint;
import io.reckon.engine.constraint.Constraints;
import io.reckon.engine.program.ScriptProgram;
import io.reckon.engine.text.PromptEncoder;
import io.reckon.engine.text.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
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
    EngineText text = text(checkpoint);
    try {
      LoadedModel model = LoadedModel.load(checkpoint, configuration);
      BatchedEngine engine =
          new BatchedEngine(
              description(checkpoint, configuration, model),
              text,
              model,
              configuration.maxRunning());
      engine.start();
      return engine;
    } catch (RuntimeException | Error e) {
      text.close();
      throw e;
    }
  }

  /** Writes the model's program, without weights, as a TorchScript archive. */
  public static void writeProgram(OutputStream out) throws IOException {
    ScriptProgram.writeArchive("model.py", out);
  }

  /** Loads what a checkpoint says of text. */
  static EngineText text(Checkpoint checkpoint) {
    Tokenizer tokenizer =
        Tokenizer.load(checkpoint.folder(), checkpoint.configuration().vocabularySize());
    try {
      PromptEncoder encoder = PromptEncoder.load(checkpoint.folder(), tokenizer);
      Set<Integer> endTokens = Set.copyOf(checkpoint.configuration().endTokens());
      Constraints constraints =
          new Constraints(tokenizer::bytesOfText, tokenizer::encodeText, endTokens);
      return new EngineText(tokenizer, encoder, constraints, endTokens);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  private static ModelDescription description(
      Checkpoint checkpoint, EngineConfiguration configuration, LoadedModel model) {
    return new ModelDescription(
        checkpoint.name(),
        checkpoint.fingerprint(),
        LoadedModel.mode(configuration).name().toLowerCase(Locale.ROOT),
        configuration.device(),
        model.contextTokens(),
        checkpoint.configuration().vocabularySize(),
        checkpoint.parameters());
  }
}
