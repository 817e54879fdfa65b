package io.reckon.jobs.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What users get wrong: options, files, tables, model folders, templates. In a command line, {@code
 * PROMPTS} is a good file, {@code OUT} a folder that isn't there, {@code MODEL} a good model,
 * {@code BAD} what the case has made, and {@code EMPTY} nothing.
 */
final class BrokenInputs {
  /** Makes what is wrong, at a path that isn't there yet. */
  @FunctionalInterface
  interface Maker {
    void make(Path bad) throws IOException;
  }

  /**
   * One broken input.
   *
   * @param command as it is typed
   * @param words that the one line of its error holds, the value and the remedy among them
   */
  record Case(Maker maker, String command, List<String> words) {
    @Override
    public String toString() {
      return command + " -> " + words.get(0);
    }
  }

  static final Path MODEL =
      Path.of("..", "engine", "src", "test", "resources", "mla-small").toAbsolutePath().normalize();

  private static final String INFER = "infer --prompts PROMPTS --output OUT --model MODEL ";
  private static final String INFER_FROM = "infer --output OUT --model MODEL --prompts BAD ";
  private static final String INFER_WITH = "infer --prompts PROMPTS --output OUT --model BAD";
  private static final String LOGITS = "logits --tokens 1 --model BAD";

  private final List<Case> cases = new ArrayList<>();

  private BrokenInputs() {}

  static List<Case> all() {
    BrokenInputs inputs = new BrokenInputs();
    inputs.commands();
    inputs.optionsOfInfer();
    inputs.optionsOfOthers();
    inputs.prompts();
    inputs.outputs();
    inputs.configurations();
    inputs.weights();
    inputs.tokenizers();
    inputs.templates();
    return inputs.cases;
  }

  private void add(String command, String... words) {
    cases.add(new Case(bad -> {}, command, List.of(words)));
  }

  private void add(Maker maker, String command, String... words) {
    cases.add(new Case(maker, command, List.of(words)));
  }

  private void commands() {
    add("", "no command given", "infer, show");
    add("fly", "'fly'", "see 'reckon --help'");
    add("infer --colour red", "--colour", "see 'reckon infer --help'");
    add("infer extra", "'extra'", "see 'reckon infer --help'");
    add("show --output OUT --output OUT", "--output", "only once");
    add("show", "--output", "Missing required option");
  }

  private void optionsOfInfer() {
    add(INFER + "--limit many", "--limit", "'many'");
    add(INFER + "--limit -1", "--limit is -1; give a number from 1");
    add(INFER + "--limit 3000000000", "--limit is 3000000000; give a number from 1 to 2147483647");
    add(INFER + "--since-last-run --limit 5", "--limit is 5 with --since-last-run", "leave one");
    add(INFER + "--since-last-run --rerun all", "--rerun is all with --since-last-run");
    add(INFER + "--format xml", "--format is 'xml'; give one of auto, delta");
    add("infer --prompts PROMPTS --output EMPTY", "--output is empty; give a folder");
    add(INFER + "--temperature -1", "temperature is -1.0; give a number from 0");
    add(INFER + "--temperature NaN", "temperature is NaN; give a number from 0");
    add(INFER + "--temperature hot", "--temperature", "'hot'");
    add(INFER + "--top-p 0", "top-p is 0.0; give a number above 0 and up to 1");
    add(INFER + "--top-p 1.5", "top-p is 1.5; give a number above 0 and up to 1");
    add(INFER + "--top-k -1", "top-k is -1; give 1 or more, or 0");
    add(INFER + "--min-p 2", "min-p is 2.0; give a number from 0 to 1");
    add(INFER + "--repetition-penalty 0", "repetition-penalty is 0.0; give a number from 0.01");
    add(INFER + "--presence-penalty 3", "presence-penalty is 3.0; give a number from -2 to 2");
    add(INFER + "--frequency-penalty -3", "frequency-penalty is -3.0; give a number from -2 to 2");
    add(INFER + "--logit-bias 7", "--logit-bias", "7");
    add(INFER + "--logit-bias 7=1000", "the logit-bias of token 7 is 1000.0; give a number from");
    add(INFER + "--logit-bias 600=1", "a token of logit-bias is 600; give an id below", "512");
    add(INFER + "--stop EMPTY", "stop is empty; give some text");
    add(INFER + "--stop-token -1", "stop-token is -1; give an id, 0 or more");
    add(INFER + "--stop-token 512", "stop-token is 512; give an id below", "512");
    add(INFER + "--max-new-tokens 0", "max-new-tokens is 0; give 1 or more");
    add(INFER + "--samples 0", "--samples is 0; give 1 or more");
    add(INFER + "--samples 3", "--samples is 3 with temperature 0", "give --temperature");
    add(INFER + "--logprobs 50", "logprobs is 50; give a number from 0 to 20");
    add(INFER + "--truncate middle", "--truncate", "'middle'");
    add(INFER + "--mode int9", "mode is 'int9'; give one of auto, int8, int4, bf16, float32");
    add(INFER + "--think-open [T]", "think-open is '[T]' and think-close is ''; give two");
    add(INFER + "--think-open x --think-close x", "think-close is 'x'; give two that differ");
    add(INFER + "--seed abc", "--seed", "'abc'");
    add(INFER + "--endpoint-omit seed", "--endpoint-omit is given; give --engine openai with it");
    add(INFER + "--openai-output OUT/x", "--openai-output is '", "inside --output");
    add("infer --output OUT --prompts PROMPTS --model EMPTY", "the model is empty; give 'builtin'");
  }

  private void optionsOfOthers() {
    add("show --output OUT --format xml", "--format", "'xml'");
    add("show --output OUT --limit -5", "--limit is -5; give 1 or more, or 0");
    add("logits --model MODEL", "--tokens", "Missing required option");
    add("logits --model MODEL --tokens a", "--tokens", "'a'");
    add("logits --model MODEL --tokens 512", "token 512 is not one of", "give ids below 512");
    add("logits --model MODEL --tokens -1", "token -1 is not one of", "give ids below 512");
    add("logits --model MODEL --tokens 1 --greedy -1", "greedy -1 were given; give one token");
    add(
        "logits --model MODEL --tokens 1 --greedy 9999",
        "9999 more are beyond the context of 4096");
    add(INFER + "--gpu-hour-price -1", "--gpu-hour-price is -1.0; give 0 or more");
    add("bench --mode int7", "mode is 'int7'; give one of auto, int8");
    add("bench --model MODEL --sequences 0", "--sequences is 0; give 1 or more");
    add("bench --model MODEL --rounds 0", "--rounds is 0; give 1 or more");
    add("bench --model MODEL --cache-mb 0", "--cache-mb is 0; give 1 or more");
    add("bench --model MODEL --lengths odd", "--lengths is 'odd'; give fixed or heavy-tail");
    add("bench --model MODEL --peer x", "--peer and --peer-script belong together; give both");
    add("plan", "--model", "Missing required option");
    add("plan --model MODEL --requests 0", "--requests is 0; give a number from 1 to");
    add("plan --model MODEL --context 0", "--context is 0; give a number from 1 to 4096");
    add("plan --model MODEL --context 5000", "--context is 5000; give a number from 1 to 4096");
    add("plan --model MODEL --gpu-memory big", "--gpu-memory is 'big'; give a size, like 24g");
    add("plan --model MODEL --gpu-memory 0g", "--gpu-memory is '0g'; give a size, like 24g");
    add("plan --model nofs://x/y", "can't be read (No FileSystem for scheme", "check the address");
    add("plan --model ollama:no-such", "is not in the store", "ollama pull no-such:latest");
    add("logits --tokens 1 --model nofs://x/y", "No FileSystem for scheme");
    add("logits --tokens 1 --model ollama:a:b:c", "is no name of an Ollama model; give ollama:");
    add(INFER.replace("MODEL", "nofs://x/y"), "No FileSystem for scheme", "check the address");
    add("plan --model BAD", "there is no such file or folder; give 'builtin'");
    add("problems --output OUT --per-family 0", "--per-family is 0; give a number from 1 to");
    add("problems --output OUT/x/y", "its folder does not exist; create it first");
    add(text("mine"), "problems --output BAD", "exists; give a file that does not");
    add("train --output OUT --steps 0", "steps is 0; give 1 or more");
    add("train --output OUT --tokens-per-step 7", "tokens-per-step is 7; give 1024 or more");
    add(text("mine"), "train --output BAD", "is a file; give a folder that is new or empty");
    add(file("mine", "x"), "train --output BAD", "is not empty; give another folder");
  }

  private void prompts() {
    add(INFER_FROM, "there are no prompts at", "check --prompts");
    add(Files::createDirectory, INFER_FROM, "holds no files; check --prompts");
    add(file("p", "\0\1\2"), INFER_FROM, "is not known; give --format");
    add(file("p.csv", "a,b\n1,2\n"), INFER_FROM, "name it with --prompt-column", "a, b");
    add(
        file("p.csv", "a,b\n1,2\n"),
        INFER_FROM + "--prompt-column c",
        "there is no column 'c'; give --prompt-column one of",
        "a, b");
    add(
        file("p.csv", "a,b\n1,2\n"),
        INFER_FROM + "--prompt-column a --id-column c",
        "there is no column 'c'; give --id-column one of",
        "a, b");
    add(
        file("p.csv", "id,prompt\n1,x\n1,y\n"),
        INFER_FROM,
        "ids come more than once: '1' (2 times)",
        "name another column with --id-column");
    add(
        file("p.jsonl", "{\"prompt\":{\"a\":1}}\n"),
        INFER_FROM + "--prompt-column prompt",
        "column 'prompt' holds struct<a:string>; a prompt is text, or a list");
    add(
        file("p.jsonl", "{\"prompt\":\"x\",\"id\":[1]}\n"),
        INFER_FROM + "--id-column id",
        "column 'id' holds array<string>, which can't name a row; give --id-column");
    add(file("p.parquet", "garbage"), INFER_FROM, "cannot read", "as parquet", "--format");
    add(file("p.csv", "prompt\nx\n"), INFER_FROM + "--format delta", "is not a Delta table");
    add(file("p.jsonl", "not json\n"), INFER_FROM, "name it with --prompt-column");
    add(file("p.jsonl", ""), INFER_FROM, "name it with --prompt-column");
    add("infer --output OUT --prompts nofs://x/y", "cannot read 'nofs://x/y'", "nofs");
    add(file("p.csv.gz", "no gzip"), INFER_FROM, "cannot read", "gz");
  }

  private void outputs() {
    String infer = "infer --prompts PROMPTS --model MODEL --output BAD";
    add(text("mine"), infer, "is a file; give --output a folder");
    add(
        file("mine", "x"),
        infer,
        "holds 'mine', which is not Reckon's; give --output a new folder");
    add(file("answers/mine", "x"), infer, "is not a Delta table; give --output a new folder");
    add(
        "infer --prompts PROMPTS --output nofs://x/y",
        "cannot use 'nofs://x/y' for output",
        "nofs");
    add("show --output OUT", "there is no table 'answers'", "check --output");
  }

  private void configurations() {
    add(
        LOGITS,
        "there is no such file or folder; give 'builtin', a Hugging Face model folder or a");
    add(text("mine"), LOGITS, "does not begin with GGUF; give a GGUF file or a Hugging Face model");
    add(Files::createDirectory, LOGITS, "config.json: there is no such file; give a Hugging Face");
    add(model("config.json", ""), LOGITS, "config.json: is not a JSON object; the file may be");
    add(model("config.json", "{\"a\":"), LOGITS, "config.json: is not valid JSON");
    add(
        model("config.json", "[".repeat(100_000)),
        LOGITS,
        "config.json: is not valid JSON",
        "depth");
    add(
        configuration("\"deepseek_v3\"", "\"llama\""),
        LOGITS,
        "model_type is \"llama\"; only deep");
    add(
        configuration(": 256,", ": \"256\","),
        LOGITS,
        "is \"256\"; it must be a whole number from");
    add(configuration(": 3,", ": 2000000000,"), LOGITS, "num_hidden_layers is 2000000000; it must");
    add(configuration("10000.0", "-1e999"), LOGITS, "rope_theta is", "it must be a number above 1");
    add(
        configuration(": 512,", ": 511,"),
        LOGITS,
        "has shape [512, 256] where the configuration asks for");
    add(
        configuration("d_embeddings\": false", "d_embeddings\": 0"),
        LOGITS,
        "must be true or false");
  }

  private void weights() {
    String weights = "model.safetensors";
    add(without(weights), LOGITS, "holds neither model.safetensors nor", "give a Hugging Face");
    add(model(weights, "abc"), LOGITS, "has 3 bytes, too few for a header; the file is cut short");
    add(model(weights, "\377".repeat(16)), LOGITS, "claims a header of 18446744073709551615 bytes");
    add(cutWeights(), LOGITS, "lies at bytes", "the file is cut short or damaged");
    add(
        header("{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}"),
        LOGITS,
        "has 4 bytes");
    add(header("{\"t\":1}"), LOGITS, "tensor t is no JSON object; the file may be damaged");
    add(header("{}"), LOGITS, "is missing", "give weights that belong to the configuration");
    add(
        index("{\"weight_map\":{\"a\":\"../../etc/passwd\"}}"),
        LOGITS,
        "names the shard \"../../etc/passwd\"; give plain names");
    add(
        index("{\"weight_map\":{\"a\":\"b.safetensors\"}}"),
        LOGITS,
        "b.safetensors: there is no such file; the download may be incomplete");
    add(index("{}"), LOGITS, "index.json: has no weight_map; the file may be damaged");
  }

  private void tokenizers() {
    String tokenizer = "tokenizer.json";
    add(
        without(tokenizer),
        INFER_WITH,
        "tokenizer.json: there is no such file; give a Hugging Face");
    add(model(tokenizer, "{"), INFER_WITH, "tokenizer.json: is not valid JSON");
    add(model(tokenizer, "[]"), INFER_WITH, "tokenizer.json: is not a JSON object");
    add(model(tokenizer, "{}"), INFER_WITH, "is no tokenizer that can be loaded", "give a Hugging");
    add(
        model(tokenizer, "{\"model\":{\"vocab\":{\"a\":512}}}"),
        INFER_WITH,
        "has a token with id 512 where the model knows 512 tokens; give the model's own");
    add(
        model(tokenizer, "{\"added_tokens\":[{\"id\":1,\"content\":\"\"}]}"),
        INFER_WITH,
        "has the added token 1 of 0 characters; 1 to 1024 are allowed");
  }

  private void templates() {
    String file = "tokenizer_config.json";
    add(model(file, "{"), INFER_WITH, "tokenizer_config.json: is not valid JSON");
    add(model(file, "{\"chat_template\":5}"), INFER_WITH, "chat_template is no text", "give one");
    template("{% for m in messages %}", "endfor");
    template("{{ messages[0].content | }}", "repair it, or take the model's own");
    template("{% include '/etc/passwd' %}", "it uses 'include', which templates may not");
    template("{{ ''.getClass().forName('java.lang.Runtime') }}", "no method 'getClass' of strings");
    template(
        "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}", "stop");
    template(
        "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor"
            + " %}",
        "repair it, or take the model's own");
    template("{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}", "macro 'f'");
    template("x".repeat(300_000), "has 300000 characters where 262144 are allowed");
  }

  private void template(String source, String word) {
    add(model("chat_template.jinja", source), INFER_WITH, "chat_template.jinja: ", word);
  }

  private static Maker text(String content) {
    return bad -> Files.writeString(bad, content);
  }

  /** A folder with one file. */
  private static Maker file(String name, String content) {
    return bad -> {
      Path file = bad.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content, StandardCharsets.ISO_8859_1);
    };
  }

  /** The good model but for one file. */
  private static Maker model(String name, String content) {
    return bad -> {
      without(name).make(bad);
      Files.writeString(bad.resolve(name), content, StandardCharsets.ISO_8859_1);
    };
  }

  private static Maker without(String name) {
    return bad -> {
      Files.createDirectory(bad);
      for (String part : List.of("config.json", "model.safetensors", "tokenizer.json")) {
        if (!part.equals(name)) {
          Files.createSymbolicLink(bad.resolve(part), MODEL.resolve(part));
        }
      }
    };
  }

  /** The good model, with the first of some text in its configuration replaced. */
  private static Maker configuration(String text, String replacement) {
    return bad -> {
      String config = Files.readString(MODEL.resolve("config.json"));
      int at = config.indexOf(text);
      String changed = config.substring(0, at) + replacement + config.substring(at + text.length());
      model("config.json", changed).make(bad);
    };
  }

  private static Maker cutWeights() {
    return bad -> {
      without("model.safetensors").make(bad);
      byte[] whole = Files.readAllBytes(MODEL.resolve("model.safetensors"));
      Files.write(bad.resolve("model.safetensors"), Arrays.copyOf(whole, whole.length / 2));
    };
  }

  /** Weights of a header and eight bytes. */
  private static Maker header(String json) {
    return model(
        "model.safetensors", (char) json.length() + "\0".repeat(7) + json + "\0".repeat(8));
  }

  private static Maker index(String json) {
    return bad -> {
      without("model.safetensors").make(bad);
      Files.writeString(bad.resolve("model.safetensors.index.json"), json);
    };
  }
}
