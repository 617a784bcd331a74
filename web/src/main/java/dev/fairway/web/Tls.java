package dev.fairway.web;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The files a listener proves itself with. They are read again when they change, so a renewed certificate needs no restart.
 *
 * @param certificate the chain in PEM, the node's own certificate first
 * @param key its private key in PEM, not encrypted
 * @param clientAuthorities whose certificates callers may prove themselves with, in PEM; nobody is asked for one when absent
 */
public record Tls(Path certificate, Path key, Optional<Path> clientAuthorities) {}
