package io.reckon.udfs;

import io.reckon.engine.api.GeneratedToken;
import io.reckon.engine.api.TokenLogprob;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** A generation's tokens as Spark holds them in a row; all null where there are none. */
record TokenColumns(
    Seq<Integer> ids, Seq<Float> logprobs, Seq<scala.collection.Map<Integer, Float>> likeliest) {
  private static final TokenColumns NONE = new TokenColumns(null, null, null);

  static TokenColumns of(List<GeneratedToken> tokens) {
    return tokens.isEmpty()
        ? NONE
        : new TokenColumns(
            seq(tokens.stream().map(GeneratedToken::token).toList()),
            seq(tokens.stream().map(token -> (float) token.logprob()).toList()),
            seq(tokens.stream().map(TokenColumns::likeliest).toList()));
  }

  private static scala.collection.Map<Integer, Float> likeliest(GeneratedToken token) {
    Map<Integer, Float> logprobs = new LinkedHashMap<>();
    for (TokenLogprob one : token.likeliest()) {
      logprobs.put(one.token(), (float) one.logprob());
    }
    return CollectionConverters.asScala(logprobs);
  }

  private static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }
}
