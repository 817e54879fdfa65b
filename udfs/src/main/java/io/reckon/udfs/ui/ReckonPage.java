package io.reckon.udfs.ui;

import io.reckon.udfs.page.Html;
import io.reckon.udfs.watch.ClusterCount;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.WebUIPage;
import scala.collection.immutable.Seq;
import scala.xml.Node;
import scala.xml.Unparsed;

/** The one page of the tab; it loads itself again every few seconds. */
final class ReckonPage extends WebUIPage {
  private final SparkUITab tab;
  private final ClusterCount cluster;
  private final SparkFrame frame = SparkFrame.find();

  ReckonPage(SparkUITab tab, ClusterCount cluster) {
    super("");
    this.tab = tab;
    this.cluster = cluster;
  }

  @Override
  public Seq<Node> render(HttpServletRequest request) {
    Html html = new Html();
    new ClusterPage(cluster, html).draw(request.getParameter("still") == null);
    return frame.around(request, "Reckon", new Unparsed(html.toString()), tab);
  }
}
