package dev.fairway.core.ledger;

/** One thing asked of a ledger; several in one {@link Submission} happen together. */
public sealed interface Command {
  /** The choice every template has: archives the contract; for its signatories. */
  String ARCHIVE = "Archive";

  TemplateId template();

  /** The same command with the package filled in where it was left open. */
  Command in(String defaultPackage);

  record Create(TemplateId template, LedgerValue.Struct payload) implements Command {
    @Override
    public Command in(String defaultPackage) {
      return new Create(template.in(defaultPackage), payload);
    }
  }

  record Exercise(TemplateId template, ContractId contract, String choice, LedgerValue argument) implements Command {
    @Override
    public Command in(String defaultPackage) {
      return new Exercise(template.in(defaultPackage), contract, choice, argument);
    }
  }

  /** Not every ledger has keys; one that has none rejects it as {@link SubmitResult.Reason#UNSUPPORTED}. */
  record ExerciseByKey(TemplateId template, LedgerValue key, String choice, LedgerValue argument) implements Command {
    @Override
    public Command in(String defaultPackage) {
      return new ExerciseByKey(template.in(defaultPackage), key, choice, argument);
    }
  }

  record CreateAndExercise(TemplateId template, LedgerValue.Struct payload, String choice, LedgerValue argument)
      implements
        Command {
    @Override
    public Command in(String defaultPackage) {
      return new CreateAndExercise(template.in(defaultPackage), payload, choice, argument);
    }
  }

  static Command create(TemplateId template, LedgerValue.Struct payload) {
    return new Create(template, payload);
  }

  static Command exercise(Contract contract, String choice, LedgerValue argument) {
    return new Exercise(contract.template(), contract.id(), choice, argument);
  }

  static Command archive(Contract contract) {
    return exercise(contract, ARCHIVE, LedgerValue.struct());
  }
}
