package io.reckon.engine.train;

import java.util.*;

public class SpeedProbe {
  public static void main(String[] a) {
    ModelShape shape = ModelShape.builtin(768);
    System.out.println("parameters " + shape.parameters());
    Random r = new Random(1);
    float[] w = Initial.weights(shape, 1);
    try (TrainingProgram p = new TrainingProgram(shape, new TrainingProgram.State(w, new float[w.length], new float[w.length]))) {
      long t0 = System.nanoTime(); long n = 0;
      for (int s = 1; s <= 60; s++) {
        List<Example> es = new ArrayList<>(); int total = 0;
        while (total < Integer.parseInt(a[0])) {
          int half = 10 + r.nextInt(120);
          int[] t = new int[2 * half + 4];
          for (int i = 0; i < half; i++) { t[i] = 10 + r.nextInt(10); t[half + i] = t[i]; }
          es.add(new Example("x", t, half)); total += t.length;
        }
        Batch b = Batch.of(es, Integer.parseInt(a[1]));
        var res = p.step(b, new Rates(4e-3 * Math.min(1, s / 20.), 0.02 * Math.min(1, s / 20.), 0.1), s);
        n += total;
        if (s == 10) { t0 = System.nanoTime(); n = 0; }
        if (s % 10 == 0) System.out.printf("%d loss %.3f norm %.3f tok/s %.0f padded %d of %d%n", s, res.loss(), res.gradientNorm(), n / ((System.nanoTime() - t0) / 1e9), b.tokens().length, total);
      }
    }
  }
}
