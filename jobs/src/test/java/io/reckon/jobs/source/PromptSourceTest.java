package io.reckon.jobs.source;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reckon.jobs.TestSpark;
import io.reckon.jobs.UserError;
import io.reckon.jobs.source.SourceState.OfFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptSourceTest {
  private static final SparkSession SPARK = TestSpark.session();

  private static final String TIME_ZONE = "spark.sql.session.timeZone";

  @TempDir Path folder;

  @Test
  void readsDeltaAtTheVersionOfItsFirstLook() {
    String path = folder.resolve("table").toString();
    save(path, "delta", "select 'a' id, 'one' prompt");
    Prompts prompts = PromptSource.read(SPARK, PromptOptions.of(path));
    SPARK.sql("select 'b' id, 'two' prompt").write().format("delta").mode("append").save(path);

    assertThat(prompts.version()).contains(0L);
    assertThat(texts(prompts)).containsExactly("a: user=one");
    assertThat(PromptSource.read(SPARK, PromptOptions.of(path)).version()).contains(1L);
  }

  @Test
  void readsParquet() {
    String path = folder.resolve("rows").toString();
    save(path, "parquet", "select 7L id, 'seven' question");

    assertThat(texts(read(path))).containsExactly("7: user=seven");
  }

  @Test
  void readsJsonLinesWithNumbersAsTheyAreWritten() throws IOException {
    String path =
        write("rows.jsonl", "{\"id\":\"007\",\"problem\":1.50}\n{\"id\":8,\"problem\":\"ü\"}\n");

    assertThat(texts(read(path))).containsExactlyInAnyOrder("007: user=1.50", "8: user=ü");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"id\":1,\"prompt\":\"a\"},\n {\"id\":2,\"prompt\":\"b\"}]",
        "{\"id\":1,\"prompt\":\"a\"}\n{\"id\":2,\"prompt\":\"b\"}"
      })
  void readsJsonAsOneListOrAsLines(String json) throws IOException {
    assertThat(texts(read(write("rows.json", json))))
        .containsExactlyInAnyOrder("1: user=a", "2: user=b");
  }

  @Test
  void readsAJsonObjectThatSpansLines() throws IOException {
    assertThat(texts(read(write("row.json", "{\n  \"id\": 1,\n  \"prompt\": \"a\"\n}\n"))))
        .containsExactly("1: user=a");
  }

  @Test
  void readsEachJsonFileAsItIsWritten() throws IOException {
    write("1.json", "[{\"id\":1,\"prompt\":\"a\"},\n {\"id\":2,\"prompt\":\"b\"}]");
    write(
        "2.json", "{\"id\":3,\"prompt\":\"c\"}\n{\"id\":4,\"question\":\"-\",\"prompt\":\"d\"}\n");
    write("3.json", "");
    write("4.json", "{\n\"id\": 5,\n\"prompt\": \"e\"}");

    assertThat(texts(read(folder.toString())))
        .containsExactlyInAnyOrder("1: user=a", "2: user=b", "3: user=c", "4: user=d", "5: user=e");
  }

  @Test
  void refusesJsonOfWhichSparkWouldReadTheFirstValueAlone() throws IOException {
    write("1.json", "{\n\"id\": 1,\n\"prompt\": \"a\"\n}\n");
    write("2.json", "{\n\"id\": 2,\n\"prompt\": \"b\"\n}\n{\n\"id\": 3,\n\"prompt\": \"c\"\n}\n");

    assertUserError(
        PromptOptions.of(folder.toString()),
        "2.json' holds several JSON values that span lines (line 5 begins another); make them one array, or one object a line");
  }

  @Test
  void refusesJsonThatIsNoneAndNamesTheLine() throws IOException {
    String path = write("rows.json", "{\"id\":1,\"prompt\":\"a\n{\"id\":2,\"prompt\":\"b\"}\n");

    assertUserError(
        PromptOptions.of(path), "rows.json' is not JSON: ", " in line 1", "give --format jsonl");
  }

  @Test
  void tellsTheFormatByFilesThatSparkReads() throws IOException {
    Files.createDirectory(folder.resolve("archive"));
    write("archive/readme.txt", "Nothing to ask.");
    write("_SUCCESS", "");
    write("a-empty", "");
    write("part-0", "{\"id\":1,\"prompt\":\"a\"}\n");

    assertThat(texts(read(folder.toString()))).containsExactly("1: user=a");
    assertThat(texts(read(folder + "/[_ap]*[0-9y]"))).containsExactly("1: user=a");
  }

  @Test
  void refusesAFolderWhoseFilesAllLieInFoldersThatSparkPassesOver() throws IOException {
    Files.createDirectory(folder.resolve("week1"));
    write("week1/prompts.txt", "a");

    assertUserError(PromptOptions.of(folder.toString()), "' holds no files; check --prompts");
  }

  @Test
  void readsBatchFilesOfAFolderWhateverTheyAreCalledAndWhateverFoldersLieBesideThem()
      throws IOException {
    write("a,b [1].jsonl", requests("a", 2));
    Files.createDirectories(folder.resolve("done"));
    write("done/old.jsonl", requests("old", 1));
    Files.createDirectories(folder.resolve("day=2"));
    write("day=2/c.jsonl", requests("c", 1) + "torn\n");

    Prompts prompts = read(folder.toString());

    assertThat(ids(prompts)).containsExactlyInAnyOrder("a0", "a1", "c0", "line 2 of day=2/c.jsonl");
  }

  @Test
  void refusesRecordsOfACsvFileThatHaveMoreFieldsThanItsHeader() throws IOException {
    Files.createDirectories(folder.resolve("day=1"));
    String path =
        write(
            "day=1/rows.csv",
            "id,prompt\n1,Is it true, that 7 is prime?\n2,\"Is it, too?\"\n3\n4,So it ends,\n5,c, \n");

    for (String source : List.of(path, folder.toString())) {
      Prompts prompts = read(source);

      assertThat(refusals(prompts))
          .containsExactly(
              "the record has more fields than the header, from ' that 7 is prime?' on; put texts"
                  + " with commas in double quotes");
      assertThat(texts(prompts))
          .contains("2: user=Is it, too?", "3: user=null", "4: user=So it ends", "5: user=c");
    }
  }

  @Test
  void readsMessagesWhoseContentIsAListOfTexts() throws IOException {
    String image = "{\"type\": \"image_url\", \"image_url\": {\"url\": \"data:x\"}}";
    String hello = "{\"type\": \"text\", \"text\": \"Hello.\"}";
    String ask = "{\"type\": \"text\", \"text\": \"Who?\"}";
    List<String> contents =
        List.of(
            "\"Hi\"", "[" + hello + ", " + ask + "]", "[" + image + ", " + ask + "]", "\"[{}]\"");
    String mixed = IntStream.range(0, 4).mapToObj(i -> chat(i, contents.get(i))).collect(joining());
    String listsAlone = chat(1, contents.get(1)) + chat(2, contents.get(2));

    Prompts prompts = read(write("mixed.jsonl", mixed));
    assertThat(texts(prompts))
        .contains("0: user=Hi", "1: user=Hello.\nWho?", "3: user=[{}]")
        .hasSize(4);
    assertThat(refusals(prompts))
        .containsExactly("a message has a part that is no text; give text alone");
    Prompts lists = read(write("lists.jsonl", listsAlone));
    assertThat(texts(lists)).contains("1: user=Hello.\nWho?").hasSize(2);
    assertThat(refusals(lists)).hasSize(1);
  }

  private static String chat(int id, String content) {
    return "{\"id\": %d, \"messages\": [{\"role\": \"user\", \"content\": %s}]}%n"
        .formatted(id, content);
  }

  @Test
  void readsCsvWithQuotesThatSpanLines() throws IOException {
    String path = write("rows.csv", "id,prompt\n1,\"two\nlines, \"\"quoted\"\"\"\n2,\n");

    assertThat(texts(read(path)))
        .containsExactlyInAnyOrder("1: user=two\nlines, \"quoted\"", "2: user=null");
  }

  @Test
  void readsEachCsvFileByItsOwnHeader() throws IOException {
    write("week1.csv", "id,prompt\n1,a\n");
    write("week2.csv", "id,category,prompt\n2,sums,b\n3,,\"c\nd\"\n");
    write("week3.csv", "\"prompt\",expected,\"id\"\ne,7,4\n");
    write("week4.csv", "id,prompt\r\n5,f\r\n");
    write("week5.csv", "");
    Prompts prompts = read(folder.toString());

    assertThat(texts(prompts))
        .containsExactlyInAnyOrder(
            "1: user=a", "2: user=b", "3: user=c\nd", "4: user=e", "5: user=f");
    assertThat(prompts.expectations().orElseThrow().where("expected is not null").collectAsList())
        .hasToString("[[4,null,7,null]]");
  }

  @Test
  void asksTheSameOfCsvFilesThatAreReadOneByOne() throws IOException {
    write("week1.csv", "id,prompt,text\n1,a,x\n");
    write("week2.csv", "question,prompt_id,id\nb,2,y\n");
    List<String> all = texts(read(folder.toString()));

    assertThat(all).containsExactlyInAnyOrder("1: user=a", "2: user=b");
    assertThat(fresh("week1.csv")).containsExactly("1: user=a");
    assertThat(fresh("week2.csv")).containsExactly("2: user=b");
  }

  @Test
  void namesTheCsvFileWhoseHeaderLacksTheColumn() throws IOException {
    write("week1.csv", "id,prompt\n1,a\n");
    write("week2.csv", "2,b\n");

    assertUserError(
        PromptOptions.of(folder.toString()),
        "no column of prompts found; name it with --prompt-column, the columns are 2, b (in '",
        "week2.csv'; files differ)");
  }

  @Test
  void readsTextLineByLineAndKeepsEmptyLines() throws IOException {
    Prompts prompts = read(write("prompts.txt", "What is 1+1?\n\nGrüß Gott 🎉\n"));

    assertThat(texts(prompts).stream().map(PromptSourceTest::withoutId))
        .containsExactlyInAnyOrder("user=What is 1+1?", "user=", "user=Grüß Gott 🎉");
    assertThat(prompts.count()).isEqualTo(3);
  }

  @Test
  void tellsTheFormatByContentWhereTheNameSaysNothing() throws IOException {
    assertThat(texts(read(write("lines", "{\"id\":1,\"prompt\":\"a\"}\n"))))
        .containsExactly("1: user=a");
    assertThat(texts(read(write("words", "hello\n")))).singleElement().asString().endsWith("hello");
    assertThatThrownBy(() -> read(write("noise", "\0\1\2")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the format of")
        .hasMessageContaining(
            "give --format (delta, parquet, json, jsonl, openai-batch, csv, text)");
  }

  @Test
  void refusesAFolderWhoseFilesAreOfSeveralFormats() throws IOException {
    write("README.md", "# Problems\n");
    write("test.jsonl", "{\"id\": 1, \"prompt\": \"a\"}\n");

    assertUserError(
        PromptOptions.of(folder.toString()),
        "README.md' is not of the format of '",
        "give --prompts a pattern of the files to read, such as '",
        "/*.jsonl', or give --format");
    assertThat(texts(read(folder + "/*.jsonl"))).containsExactly("1: user=a");
  }

  @Test
  void takesNoFileForTextWhoseNameSaysOtherwise() throws IOException {
    String table = write("rows.tsv", "id\tprompt\n1\ta\n");
    assertUserError(PromptOptions.of(table), "the format of '", "rows.tsv' is not known");
    Path text = folder.resolve("utf-16.txt");
    Files.writeString(text, "What is 1 + 1?", StandardCharsets.UTF_16LE);
    assertUserError(PromptOptions.of(text.toString()), "bytes of 0", "write it in UTF-8");
  }

  @Test
  void refusesPartsOfADeltaTable() {
    String path = folder.resolve("table").toString();
    SPARK
        .sql("select 'a' id, 'one' prompt, 1 day")
        .write()
        .format("delta")
        .partitionBy("day")
        .save(path);

    for (String part : List.of(path + "/day=1", folder + "/tab*", path + "/day=1/*.parquet")) {
      assertUserError(
          PromptOptions.of(part), "lies in the Delta table '", "give --prompts the table's folder");
    }
  }

  @Test
  void noticesFilesInFoldersBelowPartitions() throws IOException {
    Files.createDirectories(folder.resolve("in/day=1/batch_1"));
    Files.createDirectories(folder.resolve("in/day=2/batch_1"));
    write("in/day=1/a.jsonl", "{\"id\": 1, \"prompt\": \"a\"}\n");
    write("in/day=1/batch_1/b.jsonl", "{\"id\": 2, \"prompt\": \"b\"}\n");
    write("in/day=2/batch_1/c.jsonl", "{\"id\": 3, \"prompt\": \"c\"}\n");
    PromptOptions options = PromptOptions.of(folder.resolve("in").toString());

    assertThat(texts(PromptSource.read(SPARK, options)))
        .containsExactlyInAnyOrder("1: user=a", "2: user=b", "3: user=c");
    assertThat(((OfFiles) SourceState.look(SPARK, options)).stamps()).hasSize(3);
    PromptOptions oneDay = PromptOptions.of(folder.resolve("in/day=1").toString());
    assertThat(texts(PromptSource.read(SPARK, oneDay))).containsExactly("1: user=a");
    assertThat(((OfFiles) SourceState.look(SPARK, oneDay)).stamps()).hasSize(1);
  }

  @Test
  void readsConversationsThatStandAsText() throws IOException {
    String chat =
        "[{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"2+2?\"}]";
    String path =
        write(
            "rows.jsonl",
            "{\"id\": 1, \"messages\": %s}%n{\"id\": 2, \"messages\": \"3+3?\"}%n{\"id\": 3, \"messages\": \"[{x}]\"}%n"
                .formatted(chat));
    assertThat(texts(read(path)))
        .containsExactlyInAnyOrder(
            "1: system=Be brief. user=2+2?", "2: user=3+3?", "3: user=[{x}]");

    String counted = folder.resolve("counted").toString();
    save(counted, "parquet", "select 'a' id, 3 messages, 'one' prompt");
    assertThat(texts(read(counted))).containsExactly("a: user=one");
  }

  @Test
  void readsAFolderAPatternAndACompressedFile() throws IOException {
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.jsonl.gz")))) {
      out.write("{\"id\":1,\"prompt\":\"a\"}\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    write("b.jsonl", "{\"id\":2,\"prompt\":\"b\"}\n");

    assertThat(texts(read(folder.toString()))).hasSize(2);
    assertThat(texts(read(folder + "/*.gz"))).containsExactly("1: user=a");
  }

  @Test
  void takesConversations() throws IOException {
    String path =
        write(
            "rows.jsonl",
            """
            {"id":1,"messages":[{"role":"system","content":"brief"},{"role":"user","content":"a"}]}
            {"id":2,"messages":[{"role":"user","content":"b"}]}
            {"id":3,"messages":null}
            {"id":4,"messages":[]}
            """);

    assertThat(texts(PromptSource.read(SPARK, PromptOptions.of(path).withSystem("be kind"))))
        .containsExactlyInAnyOrder(
            "1: system=brief user=a", "2: system=be kind user=b", "3: null", "4: system=be kind");
  }

  @Test
  void namesRowsWithoutIdsByContentAndPositionAmongEquals() throws IOException {
    List<String> first = ids(read(write("one.txt", "a\nb\na\n")));
    List<String> again = ids(read(write("two.txt", "b\na\na\n")));

    assertThat(first).hasSize(3).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(again);
    assertThat(first.stream().filter(id -> id.endsWith("-2"))).hasSize(1);
  }

  @Test
  void namesRowsWithoutIdsAlikeUnderAnySystemPrompt() throws IOException {
    PromptOptions options = PromptOptions.of(write("rows.txt", "a\nb\na\n"));

    assertThat(ids(PromptSource.read(SPARK, options.withSystem("be kind"))))
        .hasSize(3)
        .containsExactlyInAnyOrderElementsOf(ids(PromptSource.read(SPARK, options)));
  }

  @Test
  void namesRowsByATimeThatNoSettingChanges() {
    String path = folder.resolve("rows").toString();
    // An hour that New York has twice.
    save(
        path,
        "parquet",
        "select timestamp'2024-11-03 05:30:00.25Z' id, 'a' prompt"
            + " union all select timestamp'2024-11-03 06:30:00.25Z', 'b'");
    String before = SPARK.conf().get(TIME_ZONE);
    try {
      for (String zone : List.of("America/New_York", "Asia/Kolkata", "UTC")) {
        SPARK.conf().set(TIME_ZONE, zone);
        assertThat(texts(read(path)))
            .as(zone)
            .containsExactlyInAnyOrder(
                "2024-11-03 05:30:00.25: user=a", "2024-11-03 06:30:00.25: user=b");
      }
    } finally {
      SPARK.conf().set(TIME_ZONE, before);
    }
  }

  @Test
  void refusesBytesThatMayBeNoText() {
    String ids = folder.resolve("ids").toString();
    save(ids, "parquet", "select unhex('ff00') id, 'a' prompt");
    String texts = folder.resolve("texts").toString();
    save(texts, "parquet", "select 'x' id, encode('a', 'UTF-8') prompt, 'b' other");

    assertUserError(PromptOptions.of(ids), "column 'id' holds binary", "such as hex(id)");
    assertUserError(
        PromptOptions.of(texts), "column 'prompt' holds binary", "such as decode(prompt, 'UTF-8')");
    assertUserError(PromptOptions.of(texts).withIdColumn("prompt"), "such as hex(prompt)");
    assertThat(texts(PromptSource.read(SPARK, PromptOptions.of(texts).withPromptColumn("other"))))
        .containsExactly("x: user=b");
  }

  @Test
  void namesLinesOfBatchFilesByTheirFileInEveryReading() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    String broken = "{\"custom_id\": \"torn\n";
    write("in/day1.jsonl", requests("a", 2) + broken + requests("b", 40) + broken);
    write("in/day2.jsonl", "\n" + requests("c", 1) + broken + requests("b", 1));
    List<String> nameless =
        List.of(
            "line 3 of day1.jsonl",
            "line 44 of day1.jsonl",
            "line 3 of day2.jsonl",
            "line 4 of day2.jsonl");

    Prompts all = read(folder.resolve("in").toString());

    assertThat(all.count()).isEqualTo(47);
    assertThat(ids(all).stream().filter(id -> id.startsWith("line")))
        .containsExactlyInAnyOrderElementsOf(nameless);
    assertThat(refusals(all))
        .filteredOn(refusal -> refusal.contains("b0"))
        .singleElement()
        .asString()
        .startsWith("line 4 of day2.jsonl: custom_id 'b0' is also that of line 4 of day1.jsonl; ");
    assertThat(refusals(all))
        .filteredOn(refusal -> refusal.contains("no JSON"))
        .allMatch(refusal -> refusal.matches("line [0-9]+ of day[12].jsonl: the line is no JSON.*"))
        .hasSize(3);
    assertThat(fresh("in", "in/day2.jsonl"))
        .filteredOn(line -> line.startsWith("line"))
        .containsExactly("line 3 of day2.jsonl: null");
    assertThat(ids(read(folder + "/in/*.jsonl"))).containsAll(nameless);
    assertThat(ids(read(folder + "/in/day1.jsonl"))).containsAll(nameless.subList(0, 2));
    assertThat(ids(read(folder + "/i*/day1.jsonl"))).contains("line 3 of in/day1.jsonl");
  }

  @Test
  void namesRowsWhoseIdIsMissingAndKeepsTheOthers() throws IOException {
    String path =
        write("rows.jsonl", "{\"id\":\"x\",\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\nnot json\n");

    assertThat(ids(read(path))).hasSize(3).doesNotHaveDuplicates().contains("x");
  }

  @Test
  void refusesIdsThatComeTwice() throws IOException {
    String path = write("rows.csv", "id,prompt\n1,a\n2,b\n1,c\n3,d\n2,e\n1,f\n");

    assertThatThrownBy(() -> read(path))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "2 ids come more than once: '1' (3 times), '2' (2 times); make them unique, or name"
                + " another column with --id-column");
  }

  @Test
  void countsTheIdsThatComeTwiceAndListsTheFirst() throws IOException {
    String rows = IntStream.range(0, 40).mapToObj(i -> i % 20 + ",q\n").collect(joining());
    String path = write("rows.csv", "id,prompt\n" + rows);

    assertThatThrownBy(() -> read(path))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("20 ids come more than once: '0' (2 times), '1' (2 times), '10'")
        .hasMessageContaining(" and 15 more; make them unique");
  }

  @Test
  void takesTheFirstRowsOnly() throws IOException {
    String path = write("rows.csv", "id,prompt\n3,a\n2,b\n1,c\n");
    Prompts prompts = PromptSource.read(SPARK, PromptOptions.of(path).withLimit(2));

    assertThat(ids(prompts)).containsExactlyInAnyOrder("3", "2");
    assertThat(prompts.count()).isEqualTo(2);
  }

  @Test
  void takesTheColumnsThatAreNamed() throws IOException {
    String path = write("rows.csv", "id,prompt,key.part,Other\n1,a,k1,o1\n");
    PromptOptions options =
        PromptOptions.of(path).withPromptColumn("other").withIdColumn("key.part");

    assertThat(texts(PromptSource.read(SPARK, options))).containsExactly("k1: user=o1");
  }

  @Test
  void bringsWhatIsExpectedWhereTheSourceSaysSo() throws IOException {
    Prompts with = read(write("a.csv", "id,prompt,family,expected\n1,q,sum,4\n"));
    Prompts without = read(write("b.csv", "id,prompt\n1,q\n"));

    assertThat(with.expectations().orElseThrow().collectAsList().toString())
        .isEqualTo("[[1,sum,4,null]]");
    assertThat(without.expectations()).isEmpty();
  }

  @Test
  void saysInOneLineWhatIsWrongWithTheInput() throws IOException {
    String csv = write("rows.csv", "a,b\n1,2\n");
    assertUserError(
        PromptOptions.of(folder + "/nowhere"), "there are no prompts at '" + folder + "/nowhere'");
    assertUserError(PromptOptions.of(csv), "no column of prompts found", "the columns are a, b");
    assertUserError(PromptOptions.of(csv).withPromptColumn("c"), "there is no column 'c'", "a, b");
    assertUserError(
        PromptOptions.of(csv).withPromptColumn("a").withIdColumn("c"),
        "give --id-column one of these");
    assertUserError(PromptOptions.of(csv).withFormat("delta"), "is not a Delta table");
    assertUserError(PromptOptions.of(csv).withFormat("parquet"), "cannot read", "as parquet");
    assertUserError(PromptOptions.of(write("empty.csv", "")), "no column of prompts found");
    assertUserError(
        PromptOptions.of(write("x.jsonl", "{\"prompt\":{\"a\":1}}\n")).withPromptColumn("prompt"),
        "column 'prompt' holds struct<a:string>; a prompt is text");
    assertUserError(PromptOptions.of("nofs://x/y"), "cannot read 'nofs://x/y'");
    assertThatThrownBy(() -> PromptOptions.of(csv).withFormat("xml"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--format is 'xml'; give one of auto, delta, parquet, json, jsonl, openai-batch, csv, text");
  }

  private static void assertUserError(PromptOptions options, String... parts) {
    assertThatThrownBy(() -> PromptSource.read(SPARK, options))
        .isInstanceOf(UserError.class)
        .message()
        .contains(parts)
        .doesNotContain("\n");
  }

  private static Prompts read(String path) {
    return PromptSource.read(SPARK, PromptOptions.of(path));
  }

  /** What a run reads that finds only this file new. */
  private List<String> fresh(String file) {
    return fresh("", file);
  }

  private List<String> fresh(String source, String file) {
    PromptOptions options = PromptOptions.of(folder.resolve(source).toString());
    OfFiles now = (OfFiles) SourceState.look(SPARK, options);
    Map<String, String> before = new TreeMap<>(now.stamps());
    before.keySet().removeIf(path -> path.endsWith(file));
    return texts(ChangedPrompts.of(SPARK, options, new OfFiles(before), now));
  }

  private static String requests(String ids, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                """
                {"custom_id": "%s%d", "method": "POST", "url": "/v1/chat/completions", "body": {\
                "messages": [{"role": "user", "content": "hi"}]}}
                """
                    .formatted(ids, i))
        .collect(joining());
  }

  private static List<String> refusals(Prompts prompts) {
    return prompts
        .rows()
        .selectExpr("get_json_object(overrides, '$.refused') refused")
        .where("refused is not null")
        .as(Encoders.STRING())
        .collectAsList();
  }

  private static List<String> ids(Prompts prompts) {
    return prompts.rows().select("prompt_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** Each row as {@code id: role=content role=content}. */
  private static List<String> texts(Prompts prompts) {
    Dataset<Row> lines =
        prompts
            .rows()
            .selectExpr(
                "concat(prompt_id, ': ', coalesce(array_join(transform(messages, m ->"
                    + " concat(m.role, '=', coalesce(m.content, 'null'))), ' '), 'null'))");
    return lines.collectAsList().stream().map(row -> row.getString(0)).toList();
  }

  private static String withoutId(String line) {
    return line.substring(line.indexOf(": ") + 2);
  }

  private String write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private static void save(String path, String format, String query) {
    SPARK.sql(query).write().format(format).save(path);
  }
}
