/**
 * Integrations that join two doors: what comes over the exchange becomes a contract, and a contract is sent over the
 * exchange. Start at {@link dev.fairway.node.joint.JointIntegrations}. The doors know nothing of each other: the way there
 * is the journal, the way back is the exchange's own intake.
 */
@NullMarked
package dev.fairway.node.joint;

import org.jspecify.annotations.NullMarked;
