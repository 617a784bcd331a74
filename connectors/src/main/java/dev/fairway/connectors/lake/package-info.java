/**
 * Collections as files that anybody can read, in a bucket or a folder: each change once, in the files of the transaction
 * that stored it. Start at {@link LakeMaterialize}; how a transaction is committed is in {@link Commits}.
 *
 * <p>Files are never changed, merged or taken away again, and no table format is kept over them.
 */
@NullMarked
package dev.fairway.connectors.lake;

import org.jspecify.annotations.NullMarked;
