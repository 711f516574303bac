import {
  type AggregateClass,
  type AggregateRoot,
  type CommandRoot,
  type Domain,
  type DomainEventRoot,
  IncorrectUsageError,
  type ProcessManagerRoot,
  type ProcessOptions,
  type ProjectionClass,
  type ProjectionRoot,
  type Resolvable,
} from "@tidemark/core";
import { elementMarks } from "@tidemark/core/testing";

import { GivenEvents } from "./given-events";
import { GivenHandler } from "./given-handler";
import { GivenProcess, type ProcessManagerClass } from "./given-process";
import type { GivenResult } from "./given-result";
import { type Played, play } from "./play";
import { Projected } from "./projected";
import { projectedRow } from "./projected-row";
import type { Scenario, Step } from "./scenario";

/**
 * Tests what an aggregate makes of commands, after what happened to it.
 *
 * ```ts
 * const result = await given(Account, new AccountOpened({…}), new DepositMade({…}))
 *   .process(new MakeWithdrawal({ accountId: "acc-123", amount: 50 }));
 * ```
 *
 * The domain's own handlers run, on a fresh store in memory; the configured store is never touched, and the domain need not
 * be initialised. Events of other aggregates may be given too: each goes to the aggregate that its first `identifier()`
 * field names. An aggregate that is stored as its state is given itself: `given(Customer, Customer.register("ada@example.org"))`.
 */
export function given<A extends AggregateRoot>(
  aggregate: AggregateClass<A>,
  ...past: readonly (DomainEventRoot | AggregateRoot)[]
): Given<A>;
/** For an aggregate class that several domains have registered. */
export function given<A extends AggregateRoot>(
  domain: Domain,
  aggregate: AggregateClass<A>,
  ...past: readonly (DomainEventRoot | AggregateRoot)[]
): Given<A>;
/**
 * Tests what a process manager does about events, timers and refused commands, without a store and without a server.
 *
 * ```ts
 * const { state, commands } = await given(FundsTransfer, new TransferAsked({…}));
 * const late = await given(FundsTransfer, new TransferAsked({…})).when(timer("expiry"));
 * ```
 */
export function given<P extends ProcessManagerRoot>(
  process: ProcessManagerClass<P>,
  ...events: readonly DomainEventRoot[]
): GivenProcess<P>;
/** For a process manager that several domains have registered. */
export function given<P extends ProcessManagerRoot>(
  domain: Domain,
  process: ProcessManagerClass<P>,
  ...events: readonly DomainEventRoot[]
): GivenProcess<P>;
/**
 * Tests what an event handler does about events: the commands that it processes, and the calls of what it was constructed with.
 *
 * ```ts
 * const { calls } = await given(WelcomeMail, new AccountOpened({…}));
 * ```
 */
export function given<H extends Resolvable>(handler: H, ...events: readonly DomainEventRoot[]): GivenHandler<H>;
/** For an event handler that several domains have registered. */
export function given<H extends Resolvable>(
  domain: Domain,
  handler: H,
  ...events: readonly DomainEventRoot[]
): GivenHandler<H>;
/**
 * Tests what a projection makes of events: `given(new AccountOpened({…})).projected(AccountSummary, "acc-1")`. Each event happened to
 * the aggregate that its first `identifier()` field names.
 */
export function given(...events: readonly DomainEventRoot[]): GivenEvents;
/** For a projection that several domains have registered. */
export function given(domain: Domain, ...events: readonly DomainEventRoot[]): GivenEvents;
export function given(
  ...all: readonly unknown[]
): Given<AggregateRoot> | GivenProcess<ProcessManagerRoot> | GivenHandler<Resolvable> | GivenEvents {
  const [domain, [subject, ...events]] = isDomain(all[0]) ? [all[0], all.slice(1)] : [undefined, all];
  if (typeof subject === "function") {
    const isMarked = (written: string) => elementMarks(subject).some(({ kind }) => kind === written);
    if (isMarked("processManager"))
      return new GivenProcess({
        domain,
        process: subject as ProcessManagerClass<ProcessManagerRoot>,
        aggregateId: undefined,
        instance: undefined,
        inputs: [events as readonly DomainEventRoot[]],
      });
    if (isMarked("eventHandler"))
      return new GivenHandler({
        domain,
        handler: subject as Resolvable,
        id: undefined,
        events,
        dependencies: undefined,
      });
    return new Given({ domain, aggregate: subject as AggregateClass, id: undefined, steps: happened(events) });
  }
  const given = all.slice(domain === undefined ? 0 : 1);
  if (given.some((event) => typeof event !== "object" || event === null)) {
    throw new IncorrectUsageError(
      "given takes events, or an aggregate, an event handler or a process manager before them: given(Account, new AccountOpened({…}))",
    );
  }
  return new GivenEvents({ domain, id: undefined, events: given as readonly DomainEventRoot[] });
}

function isDomain(value: unknown): value is Domain {
  return typeof value === "object" && value !== null && Symbol.for("tidemark.domain") in value;
}

/**
 * What was given and what is to be processed. Nothing runs before it is awaited, and then once. Each method returns another
 * one, so that several tests can go on from the same beginning.
 */
export class Given<A extends AggregateRoot> implements PromiseLike<GivenResult<A>> {
  readonly #scenario: Scenario<A>;
  #played: Promise<Played<A>> | undefined;

  constructor(scenario: Scenario<A>) {
    this.#scenario = scenario;
  }

  /** Which aggregate the events happened to, where no `identifier()` field of them or of a command says so. */
  withId(id: string): Given<A> {
    return new Given({ ...this.#scenario, id });
  }

  /**
   * Has a command carried out by its handler. A rejection is for the result to tell; what follows runs all the same.
   * @param options as `domain.process` takes them: an idempotency key, say.
   */
  process(command: CommandRoot, options: ProcessOptions = {}): Given<A> {
    return this.#followedBy([{ command, options }]);
  }

  /** Further events that happen before the next command, or aggregates that are stored before it. */
  after(...past: readonly (DomainEventRoot | AggregateRoot)[]): Given<A> {
    return this.#followedBy(happened(past));
  }

  /**
   * The row that a projection of the domain, of either mode, has after all that: after the given events and what the commands made
   * happen. No event handler is called.
   *
   * @param key of the row; the id of the aggregate where it is absent.
   * @throws SubscriptionStoppedError when it is awaited, for an event that a method of the projection fails on.
   */
  projected<P extends ProjectionRoot>(projection: ProjectionClass<P>, key?: string): Projected<P> {
    return new Projected(async () => {
      const { id, ...played } = await this.#play();
      const ofRow = key ?? id;
      if (ofRow !== undefined) return await projectedRow(played, projection, ofRow);
      throw new IncorrectUsageError(
        `Cannot tell which row of ${projection.name} is meant: no event or command says the id of ${this.#scenario.aggregate.name}; ` +
          `write projected(${projection.name}, key)`,
      );
    });
  }

  then<R = GivenResult<A>, E = never>(
    fulfilled?: ((result: GivenResult<A>) => R | PromiseLike<R>) | null,
    rejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#play()
      .then(({ result }) => result)
      .then(fulfilled, rejected);
  }

  #play(): Promise<Played<A>> {
    this.#played ??= play(this.#scenario);
    return this.#played;
  }

  #followedBy(steps: readonly Step[]): Given<A> {
    return new Given({ ...this.#scenario, steps: [...this.#scenario.steps, ...steps] });
  }
}

function happened(events: readonly unknown[]): Step[] {
  return events.map((event) => ({ happened: event as object }));
}
