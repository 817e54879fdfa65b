package io.reckon.engine.text;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;

/**
 * {@code generation}, with which templates mark for training what a model says. It is rendered as
 * it stands; as in Hugging Face's own, what is set inside is not set behind it.
 */
final class GenerationTag implements Tag {
  private static final long serialVersionUID = 1L;

  @Override
  public String getName() {
    return "generation";
  }

  @Override
  public String getEndTagName() {
    return "endgeneration";
  }

  @Override
  public String interpret(TagNode node, JinjavaInterpreter interpreter) {
    StringBuilder text = new StringBuilder();
    interpreter.enterScope();
    try {
      for (Node child : node.getChildren()) {
        text.append(child.render(interpreter));
      }
    } finally {
      interpreter.leaveScope();
    }
    return text.toString();
  }
}
