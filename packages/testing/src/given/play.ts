import {
  type AggregateRoot,
  DeserializationError,
  type Domain,
  DomainError,
  IncorrectUsageError,
} from "@tidemark/core";
import { type IsolatedDomain, isolatedDomain } from "@tidemark/core/testing";

import { AggregateId } from "./aggregate-id";
import { domainOf } from "./domain-of";
import { GivenResult, type ProcessedCommand } from "./given-result";
import type { CommandStep, Scenario } from "./scenario";

/** A scenario that was played, and the domain that it was played on. */
export interface Played<A> {
  readonly result: GivenResult<A>;
  readonly domain: Domain;
  readonly isolated: IsolatedDomain;
  /** The id of its aggregate, as far as anything tells it. */
  readonly id: string | undefined;
}

/**
 * Plays a scenario on a fresh store of its own. What follows a rejected command is played as well.
 * @throws whatever a handler throws that is no `DomainError`, and for events that the aggregate cannot fold.
 */
export async function play<A extends AggregateRoot>(scenario: Scenario<A>): Promise<Played<A>> {
  const { aggregate, domain = domainOf(aggregate) } = scenario;
  const isolated = isolatedDomain(domain);
  await isolated.start();
  const repository = isolated.run(() => domain.repositoryFor(aggregate));
  const id = new AggregateId(scenario);
  const commands: ProcessedCommand[] = [];
  let seen = 0;
  refuseEventsForState(scenario, isolated);
  for (const step of scenario.steps) {
    const answer = "command" in step ? await answerTo(step, domain, isolated) : undefined;
    if ("happened" in step) await happen(step.happened, id, isolated);
    const past = await isolated.eventsAfter(seen);
    seen = past.at(-1)?.globalPosition ?? seen;
    id.learnFrom(past);
    if (answer !== undefined) commands.push({ ...answer, events: past.map(({ event }) => event) });
  }
  const { known, inWords } = id;
  const found = known === undefined ? undefined : await isolated.run(() => repository.find(known));
  const result = new GivenResult({ aggregate: found, aggregateName: inWords, commands });
  return { result, domain, isolated, id: known };
}

/** Stores a given event, or a given aggregate. */
async function happen(given: object, id: AggregateId, isolated: IsolatedDomain): Promise<void> {
  if (isolated.isAggregate(given)) {
    id.learnFromGiven(given);
    await isolated.seedState(given);
  } else {
    await isolated.seed(given, (owner) => id.ofGiven(given, owner));
  }
}

/** @throws IncorrectUsageError where commands would find no aggregate, because events were given that cannot make one. */
function refuseEventsForState<A extends AggregateRoot>(
  { aggregate, steps }: Scenario<A>,
  isolated: IsolatedDomain,
): void {
  if (!isolated.isStateTruth(aggregate) || !steps.some((step) => "command" in step)) return;
  const given = steps.flatMap((step) => ("happened" in step ? [step.happened] : []));
  if (given.some((each) => (each.constructor as unknown) === aggregate)) return;
  const event = given.find(
    (each) => !isolated.isAggregate(each) && (isolated.ownerClassOf(each) as unknown) === aggregate,
  );
  if (event === undefined || isolated.isFoldedIntoState(event)) return;
  const { name } = aggregate;
  throw new IncorrectUsageError(
    `Cannot take ${event.constructor.name} as the past of ${name}: ${name} is stored as its state, which this event does not make; ` +
      `give an aggregate, given(${name}, ${name}.createNew({…}))`,
  );
}

async function answerTo(
  { command, options }: CommandStep,
  domain: Domain,
  isolated: IsolatedDomain,
): Promise<Omit<ProcessedCommand, "events">> {
  await isolated.foldSeeds();
  try {
    // Whatever its class says: no server runs here that would carry it out later.
    const atOnce = { asynchronous: false, ...options } as const;
    return { returned: await isolated.run(() => domain.process(command, atOnce)), rejection: undefined };
  } catch (error) {
    // Nothing in its store is damaged: the code fails on what happened.
    if (error instanceof DomainError && !(error instanceof DeserializationError))
      return { returned: undefined, rejection: error };
    throw error;
  }
}
