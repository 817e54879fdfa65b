package io.reckon.udfs.page;

/** The few figures that a page begins with, side by side. */
public final class Tiles {
  private final Html html;

  private Tiles(Html html) {
    this.html = html;
  }

  /** {@link #end} ends them. */
  public static Tiles begin(Html html) {
    html.open("dl", "class", "tiles");
    return new Tiles(html);
  }

  /**
   * @param name names the figure to programs that read the page
   * @param note a few words below the figure; may be empty
   */
  public Tiles add(String name, String label, String value, String note) {
    return add(name, label, value, note, "");
  }

  /**
   * @param style a further class, such as that of a {@link Plot.Kind}
   */
  public Tiles add(String name, String label, String value, String note, String style) {
    html.open("div", "class", ("tile " + style).strip());
    html.leaf("dt", label).leaf("dd", value, "data-figure", name);
    if (!note.isEmpty()) {
      html.leaf("dd", note, "class", "note");
    }
    html.close();
    return this;
  }

  public void end() {
    html.close();
  }
}
