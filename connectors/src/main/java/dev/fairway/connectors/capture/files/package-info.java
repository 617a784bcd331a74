/**
 * Files of rows, captured from where the last session ended. Start at {@link FilesCapture}; {@link FileHome} says where files
 * can be, {@link RowReader} what can be in them.
 */
@NullMarked
package dev.fairway.connectors.capture.files;

import org.jspecify.annotations.NullMarked;
