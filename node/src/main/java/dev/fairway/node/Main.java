package dev.fairway.node;

import dev.fairway.node.bench.BenchCommand;
import dev.fairway.node.cli.ConnectorCommand;
import dev.fairway.node.cli.DamlCommands;
import dev.fairway.node.cli.DatatrustCommands;
import dev.fairway.node.cli.DocumentCommands;
import dev.fairway.node.cli.IntegrationCommands;
import dev.fairway.node.cli.LedgerCommands;
import dev.fairway.node.cli.MessageCommands;
import dev.fairway.node.cli.RequestCommands;
import dev.fairway.node.cli.SubscriptionCommands;
import dev.fairway.node.cli.Typed;
import dev.fairway.node.cli.WorkCommands;
import dev.fairway.node.demo.DemoCommand;
import dev.fairway.node.torture.TortureCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The command line of Fairway. */
@Command(name = "fairway", mixinStandardHelpOptions = true, version = "Fairway 0.1.0", description = "A node between the ledgers an organisation shares with others and everything else it has.", subcommands = {
    MessageCommands.class, DocumentCommands.class, SubscriptionCommands.class, WorkCommands.Work.class,
    WorkCommands.Dead.class, IntegrationCommands.class, LedgerCommands.class, RequestCommands.class,
    DamlCommands.class, ConnectorCommand.class, ServeCommand.class, DemoCommand.class, TortureCommand.class,
    BenchCommand.class, DoctorCommand.class, ChannelCommands.class, DatatrustCommands.class,
    ImportCommands.class})
public final class Main {
  private Main() {}

  /* Calls into SQLite hold the carrier of their virtual thread. With as many carriers as processors, a few that wait for a lock
   * on a shared medium would keep whoever holds the lock from going on. */
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";
  private static final int LEAST_CARRIERS = 32;

  /** What the exit codes of a command mean that says nothing else. */
  private static final Map<String, String> EXIT_CODES = new TreeMap<>(
      Map.of("0", "done", "1", "the thing asked for failed", "2", "the request itself was wrong"));

  public static void main(String[] args) {
    if (System.getProperty(CARRIERS) == null) {
      System.setProperty(CARRIERS,
          Integer.toString(Math.max(LEAST_CARRIERS, Runtime.getRuntime().availableProcessors())));
    }
    int code = commandLine().execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    commandLine.setExecutionExceptionHandler(new Failures());
    commandLine.setParameterExceptionHandler(new WrongRequest());
    Typed.register(commandLine);
    helpEverywhere(commandLine);
    return commandLine;
  }

  private static void helpEverywhere(CommandLine command) {
    if (!command.getCommandSpec().mixinStandardHelpOptions()) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
    }
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.exitCodeListHeading("%nExit codes:%n");
    if (usage.exitCodeList().isEmpty()) {
      usage.exitCodeList(EXIT_CODES);
    }
    command.getSubcommands().values().forEach(Main::helpEverywhere);
  }
}
