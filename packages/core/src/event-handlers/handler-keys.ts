import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { EventHandlerModel } from "../model/event-handler-model";
import { identifierFault } from "../schema/identifier";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";

const ALL = ["all"];

/** Tells what the events of an event handler are kept in order by: their streams, all of them, or what `sequentialBy` says. */
export class HandlerKeys {
  /** Whether all events have one order. */
  readonly isOneLine: boolean;

  constructor(private readonly model: Pick<EventHandlerModel, "name" | "sequentialBy">) {
    this.isOneLine = model.sequentialBy === "all";
  }

  /** The stream stands for the key of an event that has none, and of one whose key cannot be told. */
  of(event: ConsumedEvent): readonly string[] {
    const { sequentialBy } = this.model;
    if (sequentialBy === "stream") return [event.stream];
    if (sequentialBy === "all") return ALL;
    try {
      return [this.#told(event, sequentialBy)];
    } catch {
      return [event.stream];
    }
  }

  /** Why the key of an event cannot be told; undefined where it can. */
  fault(event: ConsumedEvent): { readonly error: unknown } | undefined {
    const { sequentialBy } = this.model;
    if (typeof sequentialBy !== "function") return undefined;
    try {
      this.#told(event, sequentialBy);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /** @throws IncorrectUsageError for a key that no store could keep; what the function throws. */
  #told(event: ConsumedEvent, sequentialBy: (event: object) => unknown): string {
    const key = sequentialBy(event.event) ?? event.stream;
    if (key === event.stream) return event.stream;
    const fault = identifierFault(key);
    if (fault === undefined) return key as string;
    const { name } = this.model;
    throw new IncorrectUsageError(
      `Cannot tell the key of ${event.type}: "sequentialBy" of ${name} gave none; ${fault}`,
      {
        handler: name,
        type: event.type,
      },
    );
  }
}
