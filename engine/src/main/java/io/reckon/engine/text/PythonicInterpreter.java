package io.reckon.engine.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpreterFactory;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.objects.SafeString;

/** Writes texts as they are: the library would spell their control characters by escapes. */
final class PythonicInterpreter extends JinjavaInterpreter {
  private PythonicInterpreter(JinjavaInterpreter original) {
    super(original);
  }

  private PythonicInterpreter(Jinjava library, Context context, JinjavaConfig configuration) {
    super(library, context, configuration);
  }

  /** Makes interpreters of this kind. */
  static final class Factory implements InterpreterFactory {
    @Override
    public JinjavaInterpreter newInstance(JinjavaInterpreter original) {
      return new PythonicInterpreter(original);
    }

    @Override
    public JinjavaInterpreter newInstance(
        Jinjava library, Context context, JinjavaConfig configuration) {
      return new PythonicInterpreter(library, context, configuration);
    }
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof SafeString;
  }

  @Override
  public String getAsString(Object value) {
    return isText(value) ? value.toString() : super.getAsString(value);
  }
}
