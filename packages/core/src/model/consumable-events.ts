import type { Class } from "../metadata/class-types";
import type { MethodMark } from "../metadata/method-mark";
import type { Shape } from "../schema/shape";
import { twinHint } from "../wording/twin-class";
import type { AggregateModel } from "./aggregate-model";
import type { DeclaredElements } from "./declared-elements";
import { messageOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";

/** A registered event, for those who read it. */
export interface ConsumableEvent {
  readonly type: Class;
  readonly shape: Shape;
  readonly owner: AggregateModel;
  /** Every type that it was ever stored as. */
  readonly storedTypes: readonly string[];
}

/** The registered events by their classes. */
export class ConsumableEvents {
  readonly #events = new Map<Class, ConsumableEvent>();
  /** Those that are registered, however faulty. */
  readonly #declared: ReadonlyMap<Class, string>;

  constructor(elements: DeclaredElements, aggregates: Iterable<AggregateModel>) {
    this.#declared = new Map(elements.of("event").map(({ type }) => [type, type.name]));
    for (const owner of aggregates)
      for (const [type, { shape, decoders }] of owner.eventTypes)
        this.#events.set(type, { type, shape, owner, storedTypes: [...decoders.keys()] });
  }

  /** Finds the event that a decorated method takes. Reports a method whose event is unknown or not registered. */
  takenBy(type: Class, mark: MethodMark, report: Report): ConsumableEvent | undefined {
    const event = messageOf(type, mark, "event", report);
    return event && this.find(event, placeOf(type, mark.method), type.name, report);
  }

  /** Finds an event by its class. Reports one that is not registered. @param place what takes it, as sentences name it. */
  find(event: Class, place: string, element: string | undefined, report: Report): ConsumableEvent | undefined {
    const found = this.#events.get(event);
    // What is wrong with a declared event is reported with it.
    if (found !== undefined || this.#declared.has(event)) return found;
    const hint = twinHint(event.name, [...this.#declared.values()]);
    report(`${place} takes ${event.name}, which is not a registered event${hint}`, element);
    return undefined;
  }
}

/** Adds what is done for an event under every type that it was ever stored as. */
export function addToEach<T>(byType: Map<string, T[]>, { storedTypes }: ConsumableEvent, item: T): void {
  for (const type of storedTypes) {
    const items = byType.get(type);
    if (items === undefined) byType.set(type, [item]);
    else items.push(item);
  }
}
