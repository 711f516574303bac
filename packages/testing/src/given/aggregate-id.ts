import { type AggregateRoot, IncorrectUsageError } from "@tidemark/core";
import { firstIdentifier, type PastEvent } from "@tidemark/core/testing";

import type { Scenario } from "./scenario";

type Subject = Pick<Scenario<AggregateRoot>, "aggregate" | "id" | "steps">;

/**
 * The id of the aggregate that a scenario is about: the one that was said; else that of the aggregate that was given, or of the first event
 * that happened to it, which a given one tells by its first `identifier()` field; else the first `identifier()` field of a command.
 */
export class AggregateId {
  #known: string | undefined;

  constructor(private readonly subject: Subject) {
    this.#known = subject.id;
  }

  get known(): string | undefined {
    return this.#known ?? this.ofCommands();
  }

  /** `Account "acc-123"`, or `Account` while nothing tells the id. */
  get inWords(): string {
    const { name } = this.subject.aggregate;
    return this.known === undefined ? name : `${name} ${JSON.stringify(this.known)}`;
  }

  /** The aggregate that a given event happened to. One of another class goes by its own first identifier. */
  ofGiven(event: object, owner: unknown): string {
    if (owner !== this.subject.aggregate) return firstIdentifier(event) ?? refuse(event, "");
    this.#known ??= firstIdentifier(event) ?? this.ofCommands();
    return this.#known ?? refuse(event, ", or say it with .withId(…)");
  }

  /** A given aggregate tells the id where nothing did before. */
  learnFromGiven(aggregate: AggregateRoot): void {
    if ((aggregate.constructor as unknown) === this.subject.aggregate) this.#known ??= aggregate.id;
  }

  /** What a command made happen tells the id where nothing did before. */
  learnFrom(past: readonly PastEvent[]): void {
    this.#known ??= past.find(({ aggregate }) => aggregate === this.subject.aggregate)?.id;
  }

  private ofCommands(): string | undefined {
    const commands = this.subject.steps.flatMap((step) => ("command" in step ? [step.command] : []));
    return commands.map(firstIdentifier).find((id) => id !== undefined);
  }
}

function refuse(event: object, hint: string): never {
  throw new IncorrectUsageError(
    `Cannot tell which aggregate the given ${event.constructor.name} happened to: declare its id as identifier()${hint}`,
  );
}
