package io.reckon.jobs.batch;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.FileInputFormat;
import org.apache.hadoop.mapred.FileSplit;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.TextInputFormat;
import org.apache.spark.api.java.JavaHadoopRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * A line of a text file.
 *
 * @param file its path below the folder that it was looked for in
 * @param number in the file, from 1
 */
record NumberedLine(String file, long number, String text) implements Serializable {
  /** Where it stands, as a user is told it. */
  String place() {
    return "line " + number + " of " + file;
  }

  /**
   * All lines of files, counted once before they are read: a large file is read in several parts,
   * and the later ones start with the number that the earlier ones end with.
   *
   * @param base the folder that files are named from, with a slash at its end
   * @param paths of the files, or patterns of such
   */
  static JavaRDD<NumberedLine> read(JavaSparkContext spark, String base, String... paths) {
    JobConf files = new JobConf(spark.hadoopConfiguration());
    // As paths: in a text, Hadoop would take a file's comma for the end of its name.
    FileInputFormat.setInputPaths(files, Arrays.stream(paths).map(Path::new).toArray(Path[]::new));
    JavaHadoopRDD<LongWritable, Text> lines =
        (JavaHadoopRDD<LongWritable, Text>)
            spark.hadoopRDD(files, TextInputFormat.class, LongWritable.class, Text.class);
    Map<String, Long> before =
        linesBefore(
            lines
                .mapPartitionsWithInputSplit(
                    (split, in) -> Part.counted((FileSplit) split, in), false)
                .collect());
    return lines.mapPartitionsWithInputSplit(
        (split, in) -> numbered(in, name(base, (FileSplit) split), before.get(split.toString())),
        false);
  }

  private static String name(String base, FileSplit split) {
    String path = split.getPath().toUri().getPath();
    return path.startsWith(base) ? path.substring(base.length()) : path;
  }

  private static Iterator<NumberedLine> numbered(
      Iterator<Tuple2<LongWritable, Text>> lines, String file, long before) {
    return new Iterator<>() {
      private long number = before;

      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public NumberedLine next() {
        return new NumberedLine(file, ++number, lines.next()._2().toString());
      }
    };
  }

  /** By part, how many lines its file has in the parts before it. */
  private static Map<String, Long> linesBefore(List<Part> parts) {
    Map<String, Long> counted = new HashMap<>();
    Map<String, Long> before = new HashMap<>();
    for (Part part : parts.stream().sorted(Comparator.comparingLong(Part::start)).toList()) {
      before.put(part.split(), counted.getOrDefault(part.file(), 0L));
      counted.merge(part.file(), part.lines(), Long::sum);
    }
    return before;
  }

  /**
   * What one task reads of a file.
   *
   * @param start its first byte
   */
  private record Part(String split, String file, long start, long lines) implements Serializable {
    static Iterator<Part> counted(FileSplit split, Iterator<?> lines) {
      long count = 0;
      for (; lines.hasNext(); lines.next()) {
        count++;
      }
      return List.of(
              new Part(split.toString(), split.getPath().toString(), split.getStart(), count))
          .iterator();
    }
  }
}
