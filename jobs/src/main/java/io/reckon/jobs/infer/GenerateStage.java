package io.reckon.jobs.infer;

import io.reckon.udfs.GeneratePartition;
import io.reckon.udfs.GpuStage;
import io.reckon.udfs.JournalRows;
import io.reckon.udfs.WorkFile;
import io.reckon.udfs.WriteWork;
import io.reckon.udfs.journal.ArrowFileInput;
import io.reckon.udfs.journal.Receipt;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Function2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * The one Spark job that generates: a task for each file of prompts, in the order of the list, with
 * no shuffle before it and no barrier after it.
 */
final class GenerateStage {
  private final SparkContext spark;

  GenerateStage(SparkContext spark) {
    this.spark = spark;
  }

  /** Writes each partition's prompts to a file; empty partitions have none. */
  static List<WorkFile> write(Dataset<Row> prompts, WriteWork writer) {
    return prompts.toJavaRDD().mapPartitions(writer).collect().stream()
        .sorted(Comparator.comparingInt(WorkFile::partition))
        .toList();
  }

  /**
   * Runs until every partition has ended.
   *
   * @param where its tasks run
   * @param ended is told each partition's place in {@code work} and its receipts, as it ends;
   *     called from Spark's thread, must not wait
   */
  void run(
      List<WorkFile> work,
      WriteWork writer,
      GeneratePartition generate,
      GpuStage where,
      BiConsumer<Integer, List<Receipt>> ended) {
    JavaRDD<WorkFile> files =
        JavaSparkContext.fromSparkContext(spark).parallelize(work, work.size());
    run(where.on(files).rdd(), new OfOneFile(writer, generate), ended);
  }

  /**
   * Journals rows that were made before, until every partition has ended.
   *
   * @param rows {@link io.reckon.udfs.GenerationRow#SCHEMA}
   * @param ended as above, but for the place: it is the partition's
   */
  void journal(Dataset<Row> rows, JournalRows journal, BiConsumer<Integer, List<Receipt>> ended) {
    run(rows.toJavaRDD().rdd(), new OfMadeRows(journal), ended);
  }

  private <T> void run(
      RDD<T> rdd,
      Function2<TaskContext, Iterator<T>, List<Receipt>> task,
      BiConsumer<Integer, List<Receipt>> ended) {
    Seq<Object> partitions =
        CollectionConverters.asScala(
                IntStream.range(0, rdd.getNumPartitions()).mapToObj(i -> (Object) i).toList())
            .toSeq();
    spark.<T, List<Receipt>>runJob(
        rdd,
        task,
        partitions,
        (partition, receipts) -> {
          ended.accept((Integer) partition, receipts);
          return BoxedUnit.UNIT;
        },
        ClassTag$.MODULE$.apply(List.class));
  }

  /** What a task does. */
  private record OfOneFile(WriteWork writer, GeneratePartition generate)
      implements Function2<TaskContext, Iterator<WorkFile>, List<Receipt>>, Serializable {
    @Override
    public List<Receipt> apply(TaskContext task, Iterator<WorkFile> files) {
      try (ArrowFileInput prompts = writer.read(files.next())) {
        return generate.call(task, prompts);
      } catch (Exception e) {
        throw Unchecked.sneaky(e);
      }
    }
  }

  /** What a task does with rows that need no generating. */
  private record OfMadeRows(JournalRows journal)
      implements Function2<TaskContext, Iterator<Row>, List<Receipt>>, Serializable {
    @Override
    public List<Receipt> apply(TaskContext task, Iterator<Row> rows) {
      try {
        return journal.call(task, CollectionConverters.asJava(rows));
      } catch (Exception e) {
        throw Unchecked.sneaky(e);
      }
    }
  }

  /** Spark tells tasks that were killed by the type of what they throw, checked or not. */
  private static final class Unchecked {
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> RuntimeException sneaky(Exception thrown) throws E {
      throw (E) thrown;
    }
  }
}
