package dev.fairway.web;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files a listener or a caller proves itself with. They are read again when they change, so a renewed certificate needs no restart.
 *
 * @param certificate the chain in PEM, the node's own certificate first
 * @param key its private key in PEM, not encrypted
 * @param authorities whose certificates the other side may prove itself with, in PEM; when absent, a listener asks nobody for
 * one, and a caller believes those the platform trusts
 */
public record Tls(Path certificate, Path key, Optional<Path> authorities) {}
