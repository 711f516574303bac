import {
  type AggregateClass,
  type AggregateRoot,
  type CommandRoot,
  type Domain,
  type DomainEventRoot,
  IncorrectUsageError,
  type ProcessOptions,
} from "@tidemark/core";

import type { GivenResult } from "./given-result";
import { play } from "./play";
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
 * field names.
 */
export function given<A extends AggregateRoot>(
  aggregate: AggregateClass<A>,
  ...events: readonly DomainEventRoot[]
): Given<A>;
/** For an aggregate class that several domains have registered. */
export function given<A extends AggregateRoot>(
  domain: Domain,
  aggregate: AggregateClass<A>,
  ...events: readonly DomainEventRoot[]
): Given<A>;
export function given<A extends AggregateRoot>(
  first: Domain | AggregateClass<A>,
  ...others: readonly object[]
): Given<A> {
  const [domain, aggregate, ...events] =
    typeof first === "function" ? [undefined, first, ...others] : [first as Domain, ...others];
  if (typeof aggregate !== "function")
    throw new IncorrectUsageError(
      "given takes an aggregate class, then events: given(Account, new AccountOpened({…}))",
    );
  return new Given<A>({ domain, aggregate: aggregate as AggregateClass<A>, id: undefined, steps: happened(events) });
}

/**
 * What was given and what is to be processed. Nothing runs before it is awaited, and then once. Each method returns another
 * one, so that several tests can go on from the same beginning.
 */
export class Given<A extends AggregateRoot> implements PromiseLike<GivenResult<A>> {
  readonly #scenario: Scenario<A>;
  #result: Promise<GivenResult<A>> | undefined;

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

  /** Further events that happen before the next command. */
  after(...events: readonly DomainEventRoot[]): Given<A> {
    return this.#followedBy(happened(events));
  }

  then<R = GivenResult<A>, E = never>(
    fulfilled?: ((result: GivenResult<A>) => R | PromiseLike<R>) | null,
    rejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    this.#result ??= play(this.#scenario);
    return this.#result.then(fulfilled, rejected);
  }

  #followedBy(steps: readonly Step[]): Given<A> {
    return new Given({ ...this.#scenario, steps: [...this.#scenario.steps, ...steps] });
  }
}

function happened(events: readonly object[]): Step[] {
  return events.map((event) => ({ happened: event }));
}
