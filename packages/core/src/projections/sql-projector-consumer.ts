import type { FailurePolicy } from "../config/failure-policy";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { isPromise, promiseRefusal } from "../errors/returned-promise";
import type { SqlProjectorModel, StatementReaction } from "../model/projection-model";
import type { RunStatement } from "../ports/operations";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Consumer, Consumption, Feed } from "../subscriptions/reading/consumer";
import { PureContext } from "./pure-context";
import { runStatement } from "./run-statement";

/** Which rows a statement concerns nobody knows: all events are of one key. */
const KEYS = ["all"];

/** Collects the statements that the methods of an SQL projector return, to run with the checkpoint of their batch. */
export class SqlProjectorConsumer implements Consumer, Feed {
  readonly subscription: string;
  readonly name: string;
  readonly kind = "sql projector";
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom = "beginning";
  readonly retry = { attempts: 0, firstMs: 0, maxMs: 0 };
  readonly onFailure: FailurePolicy;
  readonly isOneLine = true;
  readonly isGrouped = true;

  constructor(
    private readonly model: SqlProjectorModel,
    readonly batch: number,
  ) {
    this.subscription = model.name;
    this.name = model.name;
    this.lane = model.lane;
    this.onFailure = model.onFailure === "skip" ? "skip" : "halt";
    this.categories = model.sources.map(({ category }) => category);
  }

  wants(type: string): boolean {
    return this.model.reactions.has(type);
  }

  keysOf(): readonly string[] {
    return KEYS;
  }

  /** It keeps nothing between two batches. */
  begin(): Feed {
    return this;
  }

  forget(): void {}

  consume(events: readonly ConsumedEvent[]): Consumption {
    const operations: RunStatement[] = [];
    for (let index = 0; index < events.length; index++) {
      const event = events[index]!;
      let place = this.name;
      try {
        const ofEvent: RunStatement[] = [];
        for (const reaction of this.model.reactions.get(event.type) ?? []) {
          place = reaction.place;
          ofEvent.push(...statementsOf(reaction, event));
        }
        operations.push(...ofEvent);
      } catch (error) {
        return { done: index, operations, failure: { error, place, isRetryable: false } };
      }
    }
    return { done: events.length, operations };
  }
}

function statementsOf({ place, statements }: StatementReaction, event: ConsumedEvent): readonly RunStatement[] {
  const context = new PureContext(event, place);
  const returned = statements(event.event, context);
  if (isPromise(returned)) throw promiseRefusal(returned, place, "a method of an SQL projector returns its statements");
  if (context.isDeleted)
    throw new IncorrectUsageError(`${place} called delete(): an SQL projector has no row; return a statement`, {
      place,
    });
  if (returned === undefined || returned === null) return [];
  return Array.isArray(returned) ? returned.map((each) => runStatement(each, place)) : [runStatement(returned, place)];
}
