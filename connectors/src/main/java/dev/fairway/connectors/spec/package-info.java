/**
 * Flow specification files: captures, materializations and the collections between them, as YAML or JSON. Start at
 * {@link FlowFile}.
 *
 * <p>Nothing here runs anything. The grammar is Flow's; two kinds of endpoint are ours besides: {@code airbyte} and
 * {@code singer}, each like {@code local}.
 */
@NullMarked
package dev.fairway.connectors.spec;

import org.jspecify.annotations.NullMarked;
