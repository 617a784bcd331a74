package dev.fairway.node;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command of the command line answered and printed. */
record Ran(int code, String out, String err) {

  static Ran fairway(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = commandLine.execute(arguments);
    return new Ran(code, out.toString(), err.toString());
  }
}
