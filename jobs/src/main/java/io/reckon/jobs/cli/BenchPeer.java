package io.reckon.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reckon.jobs.UserError;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Another engine to measure beside: a program, or a Node script, that takes {@code MODEL SEQUENCES
 * PROMPT_TOKENS NEW_TOKENS THREADS} and prints, last, a line of JSON with {@code
 * prefillTokensPerSecond} and {@code decodeTokensPerSecond}.
 */
record BenchPeer(Path model, Path script) {
  JsonNode measure(int sequences, int promptTokens, int newTokens, int threads) {
    List<String> command = new ArrayList<>();
    if (script.toString().endsWith("js")) {
      command.add("node");
    }
    command.add(script.toAbsolutePath().toString());
    command.add(model.toString());
    IntStream.of(sequences, promptTokens, newTokens, threads)
        .mapToObj(Integer::toString)
        .forEach(command::add);
    try {
      return parse(output(new ProcessBuilder(command).redirectError(Redirect.DISCARD).start()));
    } catch (IOException e) {
      throw new UserError("the peer can't be run: " + e.getMessage(), e);
    }
  }

  private String output(Process process) throws IOException {
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new UserError(
            script + " ended with status " + status + "; run it by hand to see why");
      }
      return output.strip();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the peer was running", e);
    } finally {
      process.destroy();
    }
  }

  private JsonNode parse(String output) {
    String line = output.substring(output.lastIndexOf('\n') + 1);
    try {
      return new JsonMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new UserError(script + " printed '" + line + "' where a line of JSON was expected", e);
    }
  }
}
