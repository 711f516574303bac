import type { UnknownEventError } from "../../errors/unknown-event-error";
import { stepOfUnfolded } from "../../loading/fold-step";
import type { AggregateModel } from "../../model/aggregate-model";
import type { RecordedMessage } from "../../ports/stored-message";
import { type Reading, SharedEvent } from "./shared-event";

interface Known {
  readonly model: AggregateModel;
  readonly readings: ReadonlyMap<string, Reading>;
}

/** The events that the code knows, by the category of their aggregate and their stored type. */
export class KnownEvents {
  readonly #byCategory: ReadonlyMap<string, Known>;

  constructor(aggregates: Iterable<AggregateModel>) {
    // By its number a subscription finds what it does with a type, without comparing texts.
    let numbers = 0;
    const number = () => numbers++;
    this.#byCategory = new Map(
      Array.from(aggregates, (model) => [model.category, { model, readings: readingsOf(model, number) }]),
    );
  }

  /** Prepares an event for all subscriptions. Nothing is parsed yet. */
  shared(message: RecordedMessage): SharedEvent {
    return new SharedEvent(message, this.#byCategory.get(message.category)?.readings.get(message.type));
  }

  /** Whether events of a stored type become instances of a class. Those that their aggregate skips do not. */
  isReadable(category: string, type: string): boolean {
    return this.#byCategory.get(category)?.readings.has(type) === true;
  }

  /** The stored types of some categories that become instances of classes. */
  typesIn(categories: readonly string[]): readonly string[] {
    return [...new Set(categories.flatMap((category) => [...(this.#byCategory.get(category)?.readings.keys() ?? [])]))];
  }

  /** The error of an event that is neither declared nor skipped; undefined where it is known. */
  unknownError(message: RecordedMessage): UnknownEventError | undefined {
    const known = this.#byCategory.get(message.category);
    if (known === undefined || known.readings.has(message.type)) return undefined;
    try {
      stepOfUnfolded(known.model, message);
      return undefined;
    } catch (error) {
      return error as UnknownEventError;
    }
  }
}

/** Events that no `@apply` method folds are included. */
function readingsOf({ eventTypes, folds }: AggregateModel, number: () => number): ReadonlyMap<string, Reading> {
  const readings = new Map<string, Reading>();
  for (const [{ prototype }, { decoders }] of eventTypes)
    for (const [type, decode] of decoders)
      readings.set(type, { number: number(), prototype: prototype as object, decode });
  for (const [type, { prototype, decode }] of folds)
    readings.set(type, { number: readings.get(type)?.number ?? number(), prototype, decode });
  return readings;
}
