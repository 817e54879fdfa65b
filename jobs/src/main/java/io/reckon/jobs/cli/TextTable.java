package io.reckon.jobs.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of cells in aligned columns; a column whose header ends in {@code >} is aligned right. */
final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] right;
  private final int widestCell;

  /**
   * @param widestCell cells are cut to this many characters
   */
  TextTable(int widestCell, String... headers) {
    this.widestCell = widestCell;
    this.right = new boolean[headers.length];
    List<String> names = new ArrayList<>();
    for (int column = 0; column < headers.length; column++) {
      right[column] = headers[column].endsWith(">");
      names.add(headers[column].replaceFirst(">$", ""));
    }
    rows.add(names);
  }

  void add(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(Texts.cut(Texts.oneLine(String.valueOf(cell)), widestCell));
    }
    rows.add(row);
  }

  void print(PrintWriter out) {
    int[] widths = widths();
    for (List<String> row : rows) {
      out.println(line(row, widths).stripTrailing());
    }
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String padding = " ".repeat(widths[column] - cell.length());
      line.append(right[column] ? padding + cell : cell + padding).append("  ");
    }
    return line.toString();
  }

  private int[] widths() {
    int[] widths = new int[right.length];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    return widths;
  }
}
