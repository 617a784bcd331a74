/**
 * An author's project: made, compiled, tested and packed, with nothing but a JDK. Start at {@link Project}.
 *
 * <p>Compiles with the JDK that runs this, against the SDK this came with; the tests run on JUnit, which comes along too.
 */
@NullMarked
package dev.fairway.automation.project;

import org.jspecify.annotations.NullMarked;
