package dev.fairway.node.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command to a node has. */
abstract class ToNode {
  @Mixin
  Remote remote = new Remote();
  @Spec
  CommandSpec spec = CommandSpec.create();

  PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
