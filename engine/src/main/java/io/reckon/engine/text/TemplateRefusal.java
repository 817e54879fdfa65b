package io.reckon.engine.text;

/**
 * What a template says where it refuses a conversation, or where it asks for what it can't have.
 */
final class TemplateRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean byTemplate;

  private TemplateRefusal(String reason, boolean byTemplate) {
    super(reason);
    this.byTemplate = byTemplate;
  }

  /** The template's own word. */
  static TemplateRefusal said(String reason) {
    return new TemplateRefusal(reason, true);
  }

  /** A fault of the template. */
  static TemplateRefusal fault(String reason) {
    return new TemplateRefusal(reason, false);
  }

  /** Whether the template refused, and isn't at fault itself. */
  boolean byTemplate() {
    return byTemplate;
  }
}
