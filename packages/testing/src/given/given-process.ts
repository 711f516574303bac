import {
  type CommandRoot,
  type Domain,
  type DomainEventRoot,
  IncorrectUsageError,
  type ProcessManagerRoot,
} from "@tidemark/core";
import {
  firstIdentifier,
  type ProcessRehearsal,
  processRehearsal,
  type RehearsedCommand,
} from "@tidemark/core/testing";

import { domainOf } from "./domain-of";
import { FiredTimer, RejectedCommand } from "./process-input";
import type { IssuedByProcess, ProcessResult, SetTimerOfProcess } from "./process-result";

/** A process manager class by its instances. */
export interface ProcessManagerClass<P extends ProcessManagerRoot> {
  readonly prototype: P;
  readonly name: string;
  new (): P;
}

/** What comes to an instance of a process manager. */
type Input = DomainEventRoot | FiredTimer | RejectedCommand;

/** A process manager, and what comes to its instances, in order. */
interface ProcessScenario<P extends ProcessManagerRoot> {
  /** Absent where it is found out by the class. */
  readonly domain: Domain | undefined;
  readonly process: ProcessManagerClass<P>;
  /** Of the aggregate that the events happened to, where it was said. */
  readonly aggregateId: string | undefined;
  /** The instance that is meant, where it was said. */
  readonly instance: string | undefined;
  /** The given events, then a list for each `when`. */
  readonly inputs: readonly (readonly Input[])[];
}

/**
 * A process manager and what comes to its instances. Nothing runs before it is awaited or looked at, and then once. Each method returns
 * another one, so that several tests can go on from the same beginning.
 *
 * Its steps wait for nothing, so that what has become of the instance can be read at once, as well as awaited.
 *
 * Reading and awaiting throw what a method throws, for which a server parks the instance, and what it would park the instance for by itself.
 */
export class GivenProcess<P extends ProcessManagerRoot> implements ProcessResult<P>, PromiseLike<ProcessResult<P>> {
  readonly #scenario: ProcessScenario<P>;
  #outcome: { readonly result: ProcessResult<P> } | { readonly error: unknown } | undefined;

  constructor(scenario: ProcessScenario<P>) {
    this.#scenario = scenario;
  }

  /** Which aggregate the events happened to, where their first `identifier()` field does not say so. */
  withId(id: string): GivenProcess<P> {
    return new GivenProcess({ ...this.#scenario, aggregateId: id });
  }

  /** Which instance is meant, where events were for several: of timers and refusals, and of what is looked at. */
  instance(id: string): GivenProcess<P> {
    return new GivenProcess({ ...this.#scenario, instance: id });
  }

  /** Something else comes: an event, `timer("expiry")`, or `rejected(command, error)`. Of several, one after the other. */
  when(...inputs: readonly [Input, ...Input[]]): GivenProcess<P> {
    return new GivenProcess({ ...this.#scenario, inputs: [...this.#scenario.inputs, inputs] });
  }

  /** As awaited. */
  get state(): P | undefined {
    return this.#result.state;
  }

  /** As awaited. */
  get completed(): boolean {
    return this.#result.completed;
  }

  /** As awaited. */
  get commands(): readonly CommandRoot[] {
    return this.#result.commands;
  }

  /** As awaited. */
  get allCommands(): readonly CommandRoot[] {
    return this.#result.allCommands;
  }

  /** As awaited. */
  get issued(): readonly IssuedByProcess[] {
    return this.#result.issued;
  }

  /** As awaited. */
  get timers(): readonly SetTimerOfProcess[] {
    return this.#result.timers;
  }

  then<R = ProcessResult<P>, E = never>(
    fulfilled?: ((result: ProcessResult<P>) => R | PromiseLike<R>) | null,
    rejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return new Promise<ProcessResult<P>>((resolve) => resolve(this.#result)).then(fulfilled, rejected);
  }

  get #result(): ProcessResult<P> {
    this.#outcome ??= outcomeOf(this.#scenario);
    if ("error" in this.#outcome) throw this.#outcome.error;
    return this.#outcome.result;
  }
}

function outcomeOf<P extends ProcessManagerRoot>(
  scenario: ProcessScenario<P>,
): { readonly result: ProcessResult<P> } | { readonly error: unknown } {
  try {
    return { result: resultOf(scenario) };
  } catch (error) {
    return { error };
  }
}

function resultOf<P extends ProcessManagerRoot>(scenario: ProcessScenario<P>): ProcessResult<P> {
  const { process, domain = domainOf(process), inputs } = scenario;
  const rehearsal = processRehearsal(domain, process);
  const aggregateId = aggregateIds(scenario);
  const issued = inputs.map((some) => some.flatMap((input) => taken(input, rehearsal, scenario, aggregateId)));
  const instance = instanceOf(scenario, rehearsal);
  const ofInstance = (all: readonly RehearsedCommand[]) => all.filter((one) => one.instance === instance);
  const last = ofInstance(issued.at(-1) ?? []);
  return {
    state: instance === undefined ? undefined : (rehearsal.stateOf(instance) as P | undefined),
    completed: instance !== undefined && rehearsal.hasEnded(instance),
    commands: last.map(({ command }) => command),
    allCommands: ofInstance(issued.flat()).map(({ command }) => command),
    issued: last.map(({ command, priority, lane, expiresAt }) => ({ command, priority, lane, expiresAt })),
    timers: instance === undefined ? [] : rehearsal.timersOf(instance),
  };
}

function taken<P extends ProcessManagerRoot>(
  input: Input,
  rehearsal: ProcessRehearsal,
  scenario: ProcessScenario<P>,
  aggregateId: (event: object, aggregate: unknown) => string | undefined,
): readonly RehearsedCommand[] {
  const { name } = scenario.process;
  if (typeof input !== "object" || input === null)
    throw new IncorrectUsageError(`given(${name}, …) takes instances of events after the process manager`);
  if (!(input instanceof FiredTimer) && !(input instanceof RejectedCommand))
    return rehearsal.happened(input, (aggregate) => aggregateId(input, aggregate));
  const what =
    input instanceof FiredTimer
      ? `Timer ${JSON.stringify(input.name)} fires`
      : `${input.command.constructor.name} is refused`;
  const instance = instanceOf(scenario, rehearsal);
  if (instance === undefined)
    throw new IncorrectUsageError(
      `${what} in no instance of ${name}: nothing given before is for one; give what starts it first`,
    );
  return input instanceof FiredTimer
    ? rehearsal.fired(instance, input.name)
    : rehearsal.rejected(instance, input.command, input.reason);
}

/** The instance that was said, else the only one. @throws IncorrectUsageError where there are several. */
function instanceOf<P extends ProcessManagerRoot>(
  { instance, process: { name } }: ProcessScenario<P>,
  { ids }: ProcessRehearsal,
): string | undefined {
  const [first, ...others] = ids;
  if (instance !== undefined || others.length === 0) return instance ?? first;
  const found = ids.map((id) => JSON.stringify(id)).join(", ");
  throw new IncorrectUsageError(
    `Cannot tell which ${name} is meant: the given events are for ${found}; say which: given(${name}, …).instance(${JSON.stringify(first)})`,
  );
}

/** Finds the aggregate of each event: by the id that was said, for aggregates of the first event's class; else by its first identifier. */
function aggregateIds<P extends ProcessManagerRoot>({
  aggregateId,
}: ProcessScenario<P>): (event: object, aggregate: unknown) => string | undefined {
  let subject: unknown;
  return (event, aggregate) => {
    subject ??= aggregate;
    return (aggregate === subject ? aggregateId : undefined) ?? firstIdentifier(event) ?? aggregateId;
  };
}
