package dev.fairway.automation.project;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** What a project's tests came to. */
public record TestRun(long passed, long failed) {

  /** Runs the tests of compiled classes, and prints each that fails. */
  static TestRun of(Path tests, List<Path> classPath, PrintWriter out) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path path : classPath) {
      urls.add(path.toUri().toURL());
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (
        URLClassLoader loader = new URLClassLoader("tests", urls.toArray(URL[]::new), TestRun.class.getClassLoader())) {
      thread.setContextClassLoader(loader);
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
          .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(tests)))
          .filters(EngineFilter.includeEngines("junit-jupiter")).build();
      Launcher launcher = LauncherFactory.create();
      launcher.execute(request, listener);
      TestExecutionSummary summary = listener.getSummary();
      summary.getFailures().forEach(failure -> {
        out.println("  failed: " + failure.getTestIdentifier().getDisplayName());
        out.println("    " + failure.getException());
      });
      return new TestRun(summary.getTestsSucceededCount(), summary.getTotalFailureCount());
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
