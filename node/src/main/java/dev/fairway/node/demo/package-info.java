/**
 * The demonstration: certificates of origin cross between two nodes, and every step is told. Start at
 * {@link dev.fairway.node.demo.DemoCommand}.
 */
@NullMarked
package dev.fairway.node.demo;

import org.jspecify.annotations.NullMarked;
