import { HandledEvent, whileHandling } from "../causation/handled-event";
import type { Instances } from "../commands/instances";
import { isPromise } from "../errors/returned-promise";
import type { Resolvable } from "../metadata/class-types";
import type { EventHandlerModel, HandlingMethod, RetryPolicy, StartFrom } from "../model/event-handler-model";
import { now } from "../ports/real-timers";
import type { ConsumedEvent } from "../subscriptions/consumed-event";
import type { Attempt, Consumer, Consumption } from "../subscriptions/consumer";
import { CallLimits, LimitedCall } from "./call-limit";
import { AttemptAtEvent, type CommandsOfHandlers, HandlerContext } from "./handler-context";

interface EventHandlerConsumerParts {
  readonly model: EventHandlerModel;
  readonly instances: Instances;
  readonly commands: CommandsOfHandlers;
  readonly lane: string;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  /** How many events it is given at once, at most. */
  readonly batch: number;
}

/** How long effects may go without being acknowledged. A crash repeats those. */
const ACKNOWLEDGE_MS = 50;

type Handler = Readonly<Record<string | symbol, (event: object, context: object) => unknown>>;

/** Calls the methods of an event handler, one event after the other, outside of any transaction. */
export class EventHandlerConsumer implements Consumer {
  readonly subscription: string;
  readonly name: string;
  readonly kind = "event handler";
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom: StartFrom | undefined;
  readonly retry: RetryPolicy;
  readonly batch: number;
  readonly #parts: EventHandlerConsumerParts;
  readonly #methods = new Map<string, readonly HandlingMethod[]>();
  /** Constructed at the first event. */
  #instance: Handler | Promise<Handler> | undefined;

  constructor(parts: EventHandlerConsumerParts) {
    const { name, sources, startFrom } = parts.model;
    this.subscription = name;
    this.name = name;
    this.lane = parts.lane;
    this.categories = sources.map(({ category }) => category);
    this.startFrom = startFrom;
    this.retry = parts.retry;
    this.batch = parts.batch;
    this.#parts = parts;
  }

  wants(type: string): boolean {
    return this.#methodsFor(type).length > 0;
  }

  async consume(events: readonly ConsumedEvent[], { number, signal }: Attempt): Promise<Consumption> {
    const end = now() + ACKNOWLEDGE_MS;
    const limits = new CallLimits(this.#parts.timeoutMs, signal);
    let done = 0;
    let place = this.name;
    try {
      while (done < events.length) {
        const methods = this.#methodsFor(events[done]!.type);
        const together = this.#together(events, done, methods);
        const attempts = together.map((event) => this.#attempt(event, done === 0 ? number : 1));
        for (const method of methods) {
          place = method.place;
          const call = new LimitedCall(place, limits);
          const returned = this.#start(method, attempts, call);
          if (isPromise(returned)) await call.race(returned);
        }
        done += together.length;
        if (signal.aborted || now() >= end) break;
      }
      return { done, operations: [] };
    } catch (error) {
      return { done, operations: [], failure: { error, place, isRetryable: true } };
    } finally {
      limits.close();
    }
  }

  /** The methods for a type first, then those for all events. */
  #methodsFor(type: string): readonly HandlingMethod[] {
    let methods = this.#methods.get(type);
    if (methods === undefined) {
      const { methods: byType, ofAll } = this.#parts.model;
      methods = [...(byType.get(type) ?? []), ...ofAll];
      this.#methods.set(type, methods);
    }
    return methods;
  }

  /** The event at `start`, and the events behind it that go to the same methods, where these take arrays. */
  #together(
    events: readonly ConsumedEvent[],
    start: number,
    methods: readonly HandlingMethod[],
  ): readonly ConsumedEvent[] {
    let end = start + 1;
    if (methods.every(({ isBatch }) => isBatch))
      while (end < events.length && isSame(this.#methodsFor(events[end]!.type), methods)) end++;
    return events.slice(start, end);
  }

  #attempt(event: ConsumedEvent, number: number): AttemptAtEvent {
    const { model, commands } = this.#parts;
    return new AttemptAtEvent(event, new HandledEvent(event, model.name), number, commands);
  }

  /** Calls a method for events. What a method for several of them causes is noted with the first. */
  #start(method: HandlingMethod, attempts: readonly AttemptAtEvent[], call: LimitedCall): unknown {
    const [first] = attempts as readonly [AttemptAtEvent];
    return whileHandling(first.handled, () => {
      if (!method.isBatch) return this.#call(method, first.event.event, new HandlerContext(first, call));
      const contexts = attempts.map((attempted) => new HandlerContext(attempted, call));
      return this.#call(
        method,
        attempts.map(({ event }) => event.event),
        contexts,
      );
    });
  }

  /** @returns what the method returned, or a promise of it. */
  #call({ method }: HandlingMethod, event: object, context: object): unknown {
    const { handler } = this.#parts.model;
    if ("call" in handler) return handler.call(event, context);
    const instance = this.#instanceOf(handler.type);
    const call = (made: Handler): unknown => made[method as string | symbol]?.(event, context);
    return instance instanceof Promise ? instance.then(call) : call(instance);
  }

  #instanceOf(type: Resolvable): Handler | Promise<Handler> {
    if (this.#instance !== undefined) return this.#instance;
    const made = this.#parts.instances.of(type) as Handler | Promise<Handler>;
    this.#instance = made;
    // The next attempt asks the resolver again.
    if (made instanceof Promise) made.catch(() => (this.#instance = undefined));
    return made;
  }
}

function isSame(some: readonly HandlingMethod[], others: readonly HandlingMethod[]): boolean {
  return some.length === others.length && some.every(({ method }, index) => method === others[index]!.method);
}
