package dev.fairway.web;

/** In which shape a door tells errors. */
public enum ErrorStyle {
  /** {@code {"errors":[{status, code, title, detail, source}]}} as {@code application/json}, for the old paths. */
  LEGACY,
  /** {@code {"message":"…"}} as {@code application/json}, as some old paths have it. */
  MESSAGE,
  /** {@code application/problem+json}, RFC 9457, for all other paths. */
  PROBLEM
}
