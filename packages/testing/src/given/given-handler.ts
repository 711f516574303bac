import {
  type CommandRoot,
  type Domain,
  type DomainEventRoot,
  IncorrectUsageError,
  type Resolvable,
} from "@tidemark/core";
import { hasResolver, isolatedDomain } from "@tidemark/core/testing";

import { domainOf } from "./domain-of";
import type { HandledResult } from "./handled-result";
import { RecordedCalls } from "./recorded-calls";
import { seedAll } from "./seed-all";

/** An event handler, and the events that are handed over to it. */
interface HandlerScenario<H extends Resolvable> {
  readonly domain: Domain | undefined;
  readonly handler: H;
  readonly id: string | undefined;
  readonly events: readonly unknown[];
  /** What it is constructed with; undefined where nothing was said. */
  readonly dependencies: readonly unknown[] | undefined;
}

/** Fakes for the parameters of a constructor: of an object, the methods that are called will do. */
type Fakes<Parameters extends readonly unknown[]> = {
  readonly [Index in keyof Parameters]?: Parameters[Index] | Partial<Parameters[Index]>;
};

/**
 * An event handler and what it is to handle. Nothing runs before it is awaited, and then once. Each method returns another one, so that
 * several tests can go on from the same beginning.
 */
export class GivenHandler<H extends Resolvable> implements PromiseLike<HandledResult> {
  readonly #scenario: HandlerScenario<H>;
  #result: Promise<HandledResult> | undefined;

  constructor(scenario: HandlerScenario<H>) {
    this.#scenario = scenario;
  }

  /** Which aggregate the events happened to, where their first `identifier()` field does not say so. */
  withId(id: string): GivenHandler<H> {
    return new GivenHandler({ ...this.#scenario, id });
  }

  /**
   * What the handler is constructed with. Calls of these objects are recorded and carried out. Without `with`, the domain's resolver
   * constructs the handler; where there is none, it gets objects that take any call and give undefined.
   */
  with(...dependencies: Fakes<ConstructorParameters<H>>): GivenHandler<H> {
    return new GivenHandler({ ...this.#scenario, dependencies });
  }

  /** A further event, handed over after those before it. */
  when(event: DomainEventRoot): GivenHandler<H> {
    return new GivenHandler({ ...this.#scenario, events: [...this.#scenario.events, event] });
  }

  then<R = HandledResult, E = never>(
    fulfilled?: ((result: HandledResult) => R | PromiseLike<R>) | null,
    rejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    this.#result ??= handled(this.#scenario);
    return this.#result.then(fulfilled, rejected);
  }
}

/** Hands over each event once it is stored, with everything that the handler did about those before it. */
async function handled<H extends Resolvable>(scenario: HandlerScenario<H>): Promise<HandledResult> {
  const { handler, events, id, dependencies, domain = domainOf(handler) } = scenario;
  for (const event of events)
    if (typeof event !== "object" || event === null)
      throw new IncorrectUsageError(`given(${handler.name}, …) takes instances of events after the handler`);
  const isolated = isolatedDomain(domain);
  const commands: CommandRoot[] = [];
  const recorded = new RecordedCalls(handler);
  const isResolved = dependencies === undefined && hasResolver(domain);
  const instance = isResolved ? undefined : new handler(...recorded.arguments(dependencies ?? []));
  const called = isolated.handlerOf(handler, { instance, processed: (command) => commands.push(command) });
  let failure: { readonly error: unknown } | undefined;
  await seedAll(isolated, { events: events as readonly object[], id }, async (position) => {
    failure = await called.handle(position);
    return failure === undefined;
  });
  return { commands, calls: recorded.calls, failure: failure?.error };
}
