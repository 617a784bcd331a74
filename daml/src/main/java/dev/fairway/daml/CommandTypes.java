package dev.fairway.daml;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.model.Conformity;
import java.util.Optional;

/**
 * Finds values of the wrong type before a command is sent, and tells where they stand. What this side does not know, a
 * template, a choice of an interface, a package that cannot be read, is left to the ledger. Safe for many threads.
 */
public final class CommandTypes {
  private final PackageCache packages;
  private final Conformity types;

  public CommandTypes(PackageCache packages) {
    this.packages = packages;
    this.types = new Conformity(this::definition);
  }

  /** A type is needed that cannot be read here. */
  private static final class Unread extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unread(TemplateId type) {
      super(type.toString(), null, false, false);
    }
  }

  private Optional<LedgerType.Definition> definition(TemplateId type) {
    return Optional.of(type.pkg().flatMap(packages::find)
        .flatMap(pkg -> Optional.ofNullable(pkg.types().get(type.name()))).orElseThrow(() -> new Unread(type)));
  }

  /** @throws FairwayException with {@code INVALID} and the place when a value is not of its type */
  public void check(Command command) {
    Optional<TemplateId> template = packages.resolve(command.template());
    Optional<LedgerPackage.Template> declared = template.flatMap(TemplateId::pkg).flatMap(packages::findIfThere)
        .flatMap(pkg -> Optional.ofNullable(pkg.templates().get(command.template().name())));
    if (template.isEmpty() || declared.isEmpty()) {
      return;
    }
    try {
      check(command, declared.get(), new LedgerType.Named(template.get()));
    } catch (Unread e) {
      // The ledger has it, or it would not have the template.
    }
  }

  private void check(Command command, LedgerPackage.Template template, LedgerType payload) {
    switch (command) {
      case Command.Create create -> types.check(create.payload(), payload, "payload");
      case Command.Exercise exercise -> check(template, exercise.choice(), exercise.argument());
      case Command.ExerciseByKey exercise -> {
        template.key().ifPresent(key -> types.check(exercise.key(), key, "key"));
        check(template, exercise.choice(), exercise.argument());
      }
      case Command.CreateAndExercise both -> {
        types.check(both.payload(), payload, "payload");
        check(template, both.choice(), both.argument());
      }
    }
  }

  private void check(LedgerPackage.Template template, String choice, LedgerValue argument) {
    LedgerPackage.Choice declared = template.choices().get(choice);
    // A choice of an interface is not among the template's own.
    if (declared != null) {
      types.check(argument, declared.argument(), choice);
    }
  }
}
