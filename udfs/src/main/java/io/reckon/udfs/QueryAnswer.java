package io.reckon.udfs;

import io.reckon.engine.api.EngineException;
import io.reckon.engine.api.Generation;
import java.util.Optional;

/**
 * What became of a prompt that a query asked: one of the two is there.
 *
 * @param error why there is no generation; the row's own fault
 */
public record QueryAnswer(Optional<Generation> generation, Optional<EngineException> error) {
  static QueryAnswer of(Generation generation) {
    return new QueryAnswer(Optional.of(generation), Optional.empty());
  }

  static QueryAnswer failed(EngineException error) {
    return new QueryAnswer(Optional.empty(), Optional.of(error));
  }
}
