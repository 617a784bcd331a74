/**
 * From a new connector to what is published: {@link NewConnector} begins one, {@link ImageContext} packages it, and
 * {@link Upstream} brings one in from elsewhere with its licence on record.
 *
 * <p>No container engine is driven here: an image context is a folder that any engine builds.
 */
@NullMarked
package dev.fairway.connectors.packaging;

import org.jspecify.annotations.NullMarked;
