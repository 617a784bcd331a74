package dev.fairway.connector;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a person is told about one component of a configuration record, and how it is kept. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  String title() default "";

  String description() default "";

  /** The value when none is given, as JSON text; a setting without one is required unless it is an {@code Optional}. */
  String defaultValue() default "";

  /** Encrypted wherever it is stored, and never shown. */
  boolean secret() default false;

  /** Shown only to those who ask for more. */
  boolean advanced() default false;

  /** Edited in more than one line. */
  boolean multiline() default false;

  /** The resource's name, proposed from the collection's: {@code x-collection-name}. */
  boolean collectionName() default false;
}
