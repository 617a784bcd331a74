package dev.fairway.core.ledger.model;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.SubmitResult.Reason;
import dev.fairway.core.ledger.TemplateId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * Decides what a submission would do to a ledger, without doing it. The decision depends on nothing but its arguments and
 * the models. Safe for many threads.
 */
public final class Interpreter {
  private static final int DEPTH_LIMIT = 100;
  private static final int EFFECT_LIMIT = 10_000;

  private final Map<String, LedgerModel> byId = new LinkedHashMap<>();

  /** @param models which templates there are */
  public Interpreter(Collection<LedgerModel> models) {
    models.forEach(model -> byId.put(model.id(), model));
  }

  /** The contracts a submission may meet. */
  public interface Contracts {
    /** The contract, if it is active. */
    Optional<Contract> find(ContractId id);

    /** The active contract with this key. */
    Optional<Contract> findByKey(TemplateId template, LedgerValue key);
  }

  /** What a submission would do. */
  public sealed interface Decision {
    /** Its effects, in order; together or not at all. */
    record Commit(List<Effect> effects) implements Decision {
      public Commit {
        effects = List.copyOf(effects);
      }
    }

    /** Nothing. */
    record Refuse(SubmitResult.Rejected why) implements Decision {}
  }

  /** A change to the set of active contracts. A contract that comes and goes in one submission is not among them. */
  public sealed interface Effect {
    record Create(Contract contract) implements Effect {}

    record Archive(Contract contract) implements Effect {}
  }

  public Collection<LedgerModel> models() {
    return byId.values();
  }

  /**
   * Decides.
   *
   * @param now ledger time
   * @param ids names the contracts the submission creates: 0 for the first
   */
  public Decision decide(Submission submission, Contracts contracts, Instant now, IntFunction<ContractId> ids) {
    var run = new Run(submission, contracts, now, ids);
    try {
      for (Command command : submission.commands()) {
        run.command(command);
      }
      return new Decision.Commit(run.effects());
    } catch (Refusal refusal) {
      return new Decision.Refuse(refusal.why);
    } catch (FairwayException | IllegalArgumentException e) {
      return new Decision.Refuse(new SubmitResult.Rejected(Reason.INVALID, "INVALID_ARGUMENT", said(e)));
    } catch (RuntimeException e) {
      return new Decision.Refuse(new SubmitResult.Rejected(Reason.RULE, "UNHANDLED_EXCEPTION", said(e)));
    } catch (StackOverflowError e) {
      return new Decision.Refuse(new SubmitResult.Rejected(Reason.RULE, "TOO_DEEP", "the choice never ends"));
    }
  }

  private static String said(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient SubmitResult.Rejected why;

    Refusal(Reason reason, String code, String message, Map<String, String> meta) {
      super(message, null, false, false);
      this.why = new SubmitResult.Rejected(reason, code, message, meta);
    }

    Refusal(Reason reason, String code, String message) {
      this(reason, code, message, Map.of());
    }
  }

  private record Found(LedgerModel model, TemplateId id, LedgerModel.Template template) {}

  private Found template(TemplateId wanted) {
    List<Found> found = byId.values().stream().filter(model -> model.templates().containsKey(wanted.name()))
        .map(model -> new Found(model, new TemplateId(model.id(), wanted.module(), wanted.entity()),
            java.util.Objects.requireNonNull(model.templates().get(wanted.name()))))
        .filter(f -> wanted.means(f.id, Optional.of(f.model.name()))).toList();
    if (found.isEmpty()) {
      throw new Refusal(Reason.INVALID, "TEMPLATE_NOT_FOUND", "no template " + wanted);
    }
    // By name, the newest package counts, as on a ledger with upgrades; without a package, several would be a guess.
    if (found.size() > 1 && wanted.pkg().isEmpty()) {
      throw new Refusal(Reason.INVALID, "TEMPLATE_AMBIGUOUS",
          "template " + wanted + " is in several packages: " + found.stream().map(f -> f.id.toString()).toList());
    }
    return found.getLast();
  }

  /** One submission under way. */
  private final class Run {
    private final Submission submission;
    private final Contracts contracts;
    private final Instant now;
    private final IntFunction<ContractId> ids;
    private final Set<Party> readers = new TreeSet<>();
    private final Map<ContractId, Contract> created = new LinkedHashMap<>();
    private final Set<ContractId> archived = new HashSet<>();
    private final List<Effect> effects = new ArrayList<>();
    private int depth;

    Run(Submission submission, Contracts contracts, Instant now, IntFunction<ContractId> ids) {
      this.submission = submission;
      this.contracts = contracts;
      this.now = now;
      this.ids = ids;
      readers.addAll(submission.actAs());
      readers.addAll(submission.readAs());
    }

    List<Effect> effects() {
      return effects.stream().filter(effect -> switch (effect) {
        case Effect.Create(Contract contract) -> !archived.contains(contract.id());
        case Effect.Archive(Contract contract) -> !created.containsKey(contract.id());
      }).toList();
    }

    void command(Command command) {
      Set<Party> consent = submission.actAs();
      switch (command) {
        case Command.Create(TemplateId id, LedgerValue.Struct payload) -> create(template(id), payload, consent);
        case Command.Exercise(TemplateId id, ContractId contract, String choice, LedgerValue argument) -> {
          Contract target = fetch(contract);
          if (!id.means(target.template(), target.packageName())) {
            throw new Refusal(Reason.INVALID, "WRONGLY_TYPED_CONTRACT",
                "contract " + contract + " is a " + target.template() + ", not a " + id);
          }
          exercise(target, choice, argument, consent);
        }
        case Command.ExerciseByKey(TemplateId id, LedgerValue key, String choice, LedgerValue argument) ->
          exercise(findByKey(template(id), key).orElseThrow(() -> new Refusal(Reason.CONTRACT_GONE,
              "CONTRACT_KEY_NOT_FOUND", "no active " + id + " with that key")), choice, argument, consent);
        case Command.CreateAndExercise(TemplateId id, LedgerValue.Struct payload, String choice, LedgerValue argument) ->
          exercise(create(template(id), payload, consent), choice, argument, consent);
      }
    }

    Contract create(Found found, LedgerValue.Struct given, Set<Party> consent) {
      LedgerModel.Template template = found.template;
      LedgerValue.Struct payload = check(found, template.fields(), given, found.id.name());
      Set<Party> signatories = template.signatories().apply(payload);
      if (signatories.isEmpty()) {
        throw new Refusal(Reason.RULE, "NO_SIGNATORIES", "a " + found.id.name() + " needs a signatory");
      }
      requireConsent(signatories, consent, "create a " + found.id.name());
      template.ensure().apply(payload).ifPresent(why -> {
        throw new Refusal(Reason.RULE, "TEMPLATE_PRECONDITION_VIOLATED", why);
      });
      Optional<LedgerValue> key = template.key().map(k -> keyOf(found, k, payload, signatories));
      ContractId id = ids.apply(created.size());
      var contract = new Contract(id, found.id, Optional.of(found.model.name()), payload, key, signatories,
          template.observers().apply(payload), Optional.of(now));
      created.put(id, contract);
      effect(new Effect.Create(contract));
      return contract;
    }

    private LedgerValue keyOf(Found found, LedgerModel.Key key, LedgerValue.Struct payload, Set<Party> signatories) {
      LedgerValue value = new Conformity(found.model::definition).value(key.of().apply(payload), key.type(), "key");
      Set<Party> maintainers = key.maintainers().apply(value);
      if (maintainers.isEmpty() || !signatories.containsAll(maintainers)) {
        throw new Refusal(Reason.RULE, "MAINTAINERS_NOT_SIGNATORIES",
            "the maintainers of the key of a " + found.id.name() + " must be among its signatories");
      }
      if (active(found, value).isPresent()) {
        throw new Refusal(Reason.RULE, "DUPLICATE_CONTRACT_KEY",
            "there is an active " + found.id.name() + " with that key");
      }
      return value;
    }

    LedgerValue exercise(Contract target, String name, LedgerValue given, Set<Party> consent) {
      Found found = template(target.template());
      LedgerModel.Choice choice = found.template.choices().get(name);
      if (choice == null) {
        if (!name.equals(Command.ARCHIVE)) {
          throw new Refusal(Reason.INVALID, "CHOICE_NOT_FOUND", "no choice " + name + " on " + found.id.name());
        }
        requireConsent(target.signatories(), consent, "archive a " + found.id.name());
        archive(target);
        return LedgerValue.UNIT;
      }
      LedgerValue.Struct argument = switch (given) {
        case LedgerValue.Struct struct -> check(found, choice.arguments(), struct, name);
        case LedgerValue.Unit _ -> check(found, choice.arguments(), LedgerValue.struct(), name);
        case LedgerValue other -> throw new Refusal(Reason.INVALID, "INVALID_ARGUMENT",
            "the argument of " + name + " must be a record, is " + other);
      };
      Set<Party> controllers = choice.controllers().apply(target.payload(), argument);
      if (controllers.isEmpty()) {
        throw new Refusal(Reason.RULE, "NO_CONTROLLERS", "nobody may exercise " + name);
      }
      requireConsent(controllers, consent, "exercise " + name + " on a " + found.id.name());
      if (choice.consuming()) {
        archive(target);
      }
      var both = new TreeSet<>(target.signatories());
      both.addAll(controllers);
      if (++depth > DEPTH_LIMIT) {
        throw new Refusal(Reason.RULE, "TOO_DEEP", "choices call each other more than " + DEPTH_LIMIT + " deep");
      }
      LedgerValue result = choice.body().run(new Running(found, target, argument, controllers, both));
      depth--;
      return result;
    }

    Contract fetch(ContractId id) {
      Contract contract = archived.contains(id)
          ? null
          : Optional.ofNullable(created.get(id)).or(() -> contracts.find(id)).orElse(null);
      // To who may not see it, a contract does not exist.
      if (contract == null || (!created.containsKey(id) && readers.stream().noneMatch(contract::concerns))) {
        throw new Refusal(Reason.CONTRACT_GONE, "CONTRACT_NOT_FOUND", "no active contract " + id);
      }
      return contract;
    }

    Optional<Contract> findByKey(Found found, LedgerValue given) {
      LedgerModel.Key definition = found.template.key().orElseThrow(
          () -> new Refusal(Reason.INVALID, "TEMPLATE_HAS_NO_KEY", found.id.name() + " has no key"));
      LedgerValue key = new Conformity(found.model::definition).value(given, definition.type(), "key");
      return active(found, key).filter(c -> created.containsKey(c.id()) || readers.stream().anyMatch(c::concerns));
    }

    private Optional<Contract> active(Found found, LedgerValue key) {
      return created.values().stream()
          .filter(c -> c.template().equals(found.id) && c.key().filter(key::equals).isPresent())
          .filter(c -> !archived.contains(c.id())).findFirst()
          .or(() -> contracts.findByKey(found.id, key).filter(c -> !archived.contains(c.id())));
    }

    private void archive(Contract contract) {
      archived.add(contract.id());
      effect(new Effect.Archive(contract));
    }

    private void effect(Effect effect) {
      if (effects.size() >= EFFECT_LIMIT) {
        throw new Refusal(Reason.RULE, "TOO_MANY_EFFECTS", "a submission may change at most " + EFFECT_LIMIT);
      }
      effects.add(effect);
    }

    private void requireConsent(Set<Party> needed, Set<Party> given, String what) {
      if (!given.containsAll(needed)) {
        var missing = new TreeSet<>(needed);
        missing.removeAll(given);
        throw new Refusal(Reason.FORBIDDEN, "MISSING_AUTHORIZATION", "to " + what + " takes the consent of " + missing);
      }
    }

    private LedgerValue.Struct check(Found found, Map<String, LedgerType> fields, LedgerValue.Struct given, String at) {
      return new Conformity(found.model::definition)
          .struct(given, fields, Map.of(), at);
    }

    private final class Running implements Exercise {
      private final Found found;
      private final Contract self;
      private final LedgerValue.Struct argument;
      private final Set<Party> controllers;
      private final Set<Party> consent;

      Running(Found found, Contract self, LedgerValue.Struct argument, Set<Party> controllers, Set<Party> consent) {
        this.found = found;
        this.self = self;
        this.argument = argument;
        this.controllers = controllers;
        this.consent = consent;
      }

      @Override
      public Contract self() {
        return self;
      }

      @Override
      public LedgerValue.Struct argument() {
        return argument;
      }

      @Override
      public Set<Party> controllers() {
        return controllers;
      }

      @Override
      public Instant now() {
        return now;
      }

      @Override
      public ContractId create(String template, LedgerValue.Struct payload) {
        return Run.this.create(named(template), payload, consent).id();
      }

      @Override
      public LedgerValue exercise(ContractId contract, String choice, LedgerValue value) {
        return Run.this.exercise(Run.this.fetch(contract), choice, value, consent);
      }

      @Override
      public Contract fetch(ContractId contract) {
        Contract fetched = Run.this.fetch(contract);
        if (consent.stream().noneMatch(fetched::concerns)) {
          throw new Refusal(Reason.FORBIDDEN, "MISSING_AUTHORIZATION",
              "contract " + contract + " is not theirs to see");
        }
        return fetched;
      }

      @Override
      public Optional<Contract> findByKey(String template, LedgerValue key) {
        return Run.this.findByKey(named(template), key);
      }

      @Override
      public RuntimeException refuse(String code, String message, Map<String, String> meta) {
        return new Refusal(Reason.RULE, code, message, meta);
      }

      private Found named(String template) {
        return template(TemplateId.parse(template).in(found.model.id()));
      }
    }
  }
}
