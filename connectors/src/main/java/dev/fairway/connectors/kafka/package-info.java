/**
 * Kafka: documents as records of topics, each once for whoever reads what is committed. Start at {@link TopicWriter}, which
 * keeps documents and the place they were read from in one transaction of the broker; on it stand
 * {@link KafkaMaterialize}, a destination, and {@link PublishTask}, which makes topics of a node's collections.
 *
 * <p>Nothing is read from topics here but that place.
 */
@NullMarked
package dev.fairway.connectors.kafka;

import org.jspecify.annotations.NullMarked;
