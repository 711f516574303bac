import { UnknownEventError } from "../../errors/unknown-event-error";
import { parseStoredType } from "../../event-store/stored-type";
import { stepOfUnfolded } from "../../loading/fold-step";
import type { AggregateModel } from "../../model/aggregate-model";
import type { ProcessManagerModel } from "../../model/process-manager-model";
import type { RecordedMessage } from "../../ports/stored-message";
import { type Reading, SharedEvent } from "./shared-event";

interface Known {
  readonly readings: ReadonlyMap<string, Reading>;
  /** @throws UnknownEventError for a message of a type that has no reading, unless it is to be passed over. */
  readonly refuse: (message: RecordedMessage) => void;
}

/** The events that the code knows, by the category of their aggregate or process manager, and their stored type. */
export class KnownEvents {
  readonly #byCategory: ReadonlyMap<string, Known>;

  constructor(aggregates: Iterable<AggregateModel>, processes: Iterable<ProcessManagerModel> = []) {
    // By its number a subscription finds what it does with a type, without comparing texts.
    let numbers = 0;
    const number = () => numbers++;
    const byCategory = new Map<string, Known>();
    for (const model of aggregates) {
      const refuse = (message: RecordedMessage) => void stepOfUnfolded(model, message);
      byCategory.set(model.category, { readings: readingsOf(model, number), refuse });
    }
    for (const model of processes)
      byCategory.set(model.category, {
        readings: readingsOfProcess(model, number),
        refuse: (message) => {
          throw unknownInProcess(model, message);
        },
      });
    this.#byCategory = byCategory;
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
      known.refuse(message);
      return undefined;
    } catch (error) {
      return error as UnknownEventError;
    }
  }
}

function readingsOf({ eventTypes }: AggregateModel, number: () => number): ReadonlyMap<string, Reading> {
  const readings = new Map<string, Reading>();
  for (const [{ prototype }, { decoders }] of eventTypes)
    for (const [type, decode] of decoders)
      readings.set(type, { number: number(), prototype: prototype as object, decode });
  return readings;
}

/** What lies in the streams of a process manager are plain objects. */
function readingsOfProcess({ types }: ProcessManagerModel, number: () => number): ReadonlyMap<string, Reading> {
  return new Map(
    Object.values(types as unknown as Readonly<Record<string, string>>).map((type) => [
      type,
      { number: number(), prototype: Object.prototype, decode: undefined },
    ]),
  );
}

function unknownInProcess({ name, types }: ProcessManagerModel, message: RecordedMessage): UnknownEventError {
  const { type, stream, position } = message;
  const stored = parseStoredType(type)?.name;
  const known = Object.values(types as unknown as Readonly<Record<string, string>>).map(parseStoredType);
  const knownVersion = known.find((one) => one !== undefined && one.name === stored)?.version;
  return new UnknownEventError({
    type,
    stream,
    position,
    aggregate: name,
    ...(knownVersion !== undefined && { knownVersion }),
  });
}
