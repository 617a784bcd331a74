package dev.fairway.node.torture;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Kills nodes under load and checks the promises. */
@Command(name = "torture", mixinStandardHelpOptions = true, description = "Kill two nodes under load at random moments, and check that nothing acknowledged was lost or doubled.", footer = {
    "", "Example:", "  fairway torture --kills 10 --minutes 5 --seed 7"})
public final class TortureCommand implements Callable<Integer> {
  @Spec
  CommandSpec spec = CommandSpec.create();

  @Option(names = "--seed", description = "where the random moments start (default: a new one, printed)")
  @Nullable
  Long seed;

  @Option(names = "--kills", defaultValue = "100", description = "stop after so many kills (default: ${DEFAULT-VALUE})")
  int kills;

  @Option(names = "--minutes", defaultValue = "10", description = "stop after so many minutes (default: ${DEFAULT-VALUE})")
  int minutes;

  @Option(names = "--rate", defaultValue = "100", description = "messages a second (default: ${DEFAULT-VALUE})")
  int rate;

  @Option(names = "--dir", paramLabel = "DIR", description = "where the nodes keep their data (default: a new temporary folder)")
  @Nullable
  Path dir;

  @Override
  public Integer call() throws Exception {
    atLeastOne("--kills", kills);
    atLeastOne("--minutes", minutes);
    atLeastOne("--rate", rate);
    var out = spec.commandLine().getOut();
    Path home = dir == null ? Files.createTempDirectory("fairway-torture") : dir;
    Torture torture = new Torture(home, seed == null ? RandomGenerator.getDefault().nextLong(1_000_000) : seed, rate,
        out::println);
    Torture.Result result = torture.run(kills, Duration.ofMinutes(minutes));
    result.faults().stream().limit(50).forEach(fault -> out.println("  " + fault));
    out.println(result);
    if (!result.faults().isEmpty()) {
      out.println("the nodes' data and logs are in " + home);
    }
    return result.faults().isEmpty() ? 0 : 1;
  }

  private static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new FairwayException(ErrorCode.INVALID, option + " must be at least 1, is " + value);
    }
  }
}
