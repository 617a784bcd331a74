/**
 * Packages of integrations: files that hold compiled handlers, their templates and what they say of themselves. Start at
 * {@link DitFile}; {@link PackageLoader} gives each integration classes of its own.
 *
 * <p>Reading a package runs nothing of it. Building one is the kit's.
 */
@NullMarked
package dev.fairway.automation.pack;

import org.jspecify.annotations.NullMarked;
