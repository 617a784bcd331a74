/**
 * One statement with its parameters, on a view of the store. Start at {@link dev.fairway.exchange.sql.Sql}.
 *
 * <p>Nearly every statement here is on the way of a message, so this is plain JDBC without a mapper.
 */
@NullMarked
package dev.fairway.exchange.sql;

import org.jspecify.annotations.NullMarked;
