package dev.fairway.console;

import gg.jte.Content;

/**
 * A page, ready to be put into its frame.
 *
 * @param title of this very page, {@code Message AU:17}
 * @param body its content
 * @param curl the command that gives a program what the page shows a person; empty when there is nothing to give
 */
public record View(String title, Content body, String curl) {}
