import { HandledEvent, whileHandling } from "../causation/handled-event";
import type { Instances } from "../commands/instances";
import type { FailurePolicy } from "../config/failure-policy";
import { isPromise } from "../errors/returned-promise";
import type { Resolvable } from "../metadata/class-types";
import type { EventHandlerModel, HandlingMethod, RetryPolicy, StartFrom } from "../model/event-handler-model";
import { now } from "../ports/real-timers";
import type { ConsumedEvent } from "../subscriptions/consumed-event";
import type { Attempt, Consumer, Consumption, Feed } from "../subscriptions/consumer";
import { CallLimits, type LateCall, LimitedCall } from "./call-limit";
import { AttemptAtEvent, type CommandsOfHandlers, HandlerContext } from "./handler-context";
import { HandlerKeys } from "./handler-keys";
import { Patience } from "./patience";

/** Does a call of a method for events, and whatever is to be done around it. @param place the method: `WelcomeMail.send`. */
export type AroundCall = (place: string, events: readonly ConsumedEvent[], call: () => unknown) => unknown;

interface EventHandlerConsumerParts {
  readonly model: EventHandlerModel;
  readonly instances: Instances;
  readonly commands: CommandsOfHandlers;
  readonly around?: AroundCall;
  readonly lane: string;
  readonly retry: RetryPolicy;
  readonly onFailure?: FailurePolicy | undefined;
  readonly timeoutMs: number;
  /** How many events it is given at once, at most. */
  readonly batch: number;
}

/** How long effects may go without being acknowledged. A crash repeats those. */
const ACKNOWLEDGE_MS = 50;

const CALLS_BETWEEN_LOOKS = 16;

/** What is called for the events of one type. */
interface Calls {
  readonly methods: readonly HandlingMethod[];
  /** Whether all of them take arrays: only then several events go together. */
  readonly areBatches: boolean;
}

type Handler = Readonly<Record<string | symbol, (event: object, context: object) => unknown>>;

/** Calls the methods of an event handler, one event after the other, outside of any transaction. */
export class EventHandlerConsumer implements Consumer, Feed {
  readonly subscription: string;
  readonly name: string;
  readonly kind = "event handler";
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom: StartFrom | undefined;
  readonly replaces: string | undefined;
  readonly retry: RetryPolicy;
  readonly onFailure: FailurePolicy;
  readonly batch: number;
  readonly isOneLine: boolean;
  readonly isGrouped = false;
  readonly longestCallMs: number;
  readonly #keys: HandlerKeys;
  readonly #parts: EventHandlerConsumerParts;
  readonly #calls = new Map<string, Calls>();
  /** Constructed at the first event. */
  #instance: Handler | Promise<Handler> | undefined;

  constructor(parts: EventHandlerConsumerParts) {
    const { name, sources, startFrom, replaces } = parts.model;
    this.subscription = name;
    this.name = name;
    this.lane = parts.lane;
    this.categories = sources.map(({ category }) => category);
    this.startFrom = startFrom;
    this.replaces = replaces;
    this.retry = parts.retry;
    this.batch = parts.batch;
    this.#keys = new HandlerKeys(parts.model);
    this.isOneLine = this.#keys.isOneLine;
    this.onFailure = parts.onFailure ?? (this.isOneLine ? "halt" : "park");
    this.longestCallMs = parts.timeoutMs;
    this.#parts = parts;
  }

  wants(type: string): boolean {
    return this.#callsFor(type).methods.length > 0;
  }

  keysOf(event: ConsumedEvent): readonly string[] {
    return this.#keys.of(event);
  }

  /** It keeps nothing between two batches. */
  begin(): Feed {
    return this;
  }

  forget(): void {}

  async consume(all: readonly ConsumedEvent[], attempt: Attempt): Promise<Consumption> {
    const { takes } = attempt;
    if (takes === undefined) return await this.#consume(all, attempt);
    const taken: ConsumedEvent[] = [];
    const indexes: number[] = [];
    for (const [index, event] of all.entries()) {
      if (!takes(this.#keys.of(event)[0]!)) continue;
      taken.push(event);
      indexes.push(index);
    }
    const consumption = await this.#consume(taken, indexes[0] === 0 ? attempt : { ...attempt, number: 1 });
    return { ...consumption, done: indexes[consumption.done] ?? all.length };
  }

  async #consume(
    events: readonly ConsumedEvent[],
    { number, signal, patienceMs, mayGoOn }: Attempt,
  ): Promise<Consumption> {
    const end = now() + ACKNOWLEDGE_MS;
    const limits = new CallLimits(this.#parts.timeoutMs, signal);
    const patience = patienceMs === undefined ? undefined : new Patience(patienceMs);
    let place = this.name;
    let isPending = false;
    let among = 1;
    let done = 0;
    try {
      while (done < events.length) {
        if (mayGoOn?.() === false) break;
        const { methods, areBatches } = this.#callsFor(events[done]!.type);
        const attempted = done === 0 ? number : 1;
        const fault = this.#keys.fault(events[done]!);
        if (fault !== undefined)
          return { done, operations: [], failure: { ...fault, place: this.name, isRetryable: false } };
        const first = this.#attempt(events[done]!, attempted);
        const together = areBatches ? [first, ...this.#othersFor(methods, events, done + 1)] : [first];
        among = together.length;
        let hasWaited = false;
        for (const [index, method] of methods.entries()) {
          place = method.place;
          const call = new LimitedCall(place, limits);
          const returned = this.#called(method, together, call);
          if (!isPromise(returned)) continue;
          hasWaited = true;
          const late = await call.race(returned, patience);
          if (late === undefined) continue;
          isPending = true;
          const awaited = events.slice(done, done + together.length);
          const ended = this.#rest(late, methods.slice(index), together, limits);
          return { done, operations: [], pending: { events: awaited, ended } };
        }
        done += together.length;
        // Calls that return at once are quicker than a look at the clock.
        if ((hasWaited || done % CALLS_BETWEEN_LOOKS === 0) && (signal.aborted || now() >= end)) break;
      }
      return { done, operations: [] };
    } catch (error) {
      return { done, operations: [], failure: { error, place, among, isRetryable: true } };
    } finally {
      patience?.close();
      if (!isPending) limits.close();
    }
  }

  /** Waits for a call that takes its time, and calls what comes behind it for the same events. */
  async #rest(
    late: LateCall,
    [first, ...methods]: readonly HandlingMethod[],
    together: readonly AttemptAtEvent[],
    limits: CallLimits,
  ): Promise<Consumption> {
    let place = first!.place;
    try {
      await late.ended;
      for (const method of methods) {
        place = method.place;
        const call = new LimitedCall(place, limits);
        const returned = this.#called(method, together, call);
        if (isPromise(returned)) await call.race(returned);
      }
      return { done: together.length, operations: [] };
    } catch (error) {
      return { done: 0, operations: [], failure: { error, place, among: together.length, isRetryable: true } };
    } finally {
      limits.close();
    }
  }

  /** The methods for a type first, then those for all events. */
  #callsFor(type: string): Calls {
    let calls = this.#calls.get(type);
    if (calls === undefined) {
      const { methods: byType, ofAll } = this.#parts.model;
      const methods = [...(byType.get(type) ?? []), ...ofAll];
      calls = { methods, areBatches: methods.every(({ isBatch }) => isBatch) };
      this.#calls.set(type, calls);
    }
    return calls;
  }

  /** The events from `start` on that go to the same methods as the one before them. */
  #othersFor(
    methods: readonly HandlingMethod[],
    events: readonly ConsumedEvent[],
    start: number,
  ): readonly AttemptAtEvent[] {
    let end = start;
    const goesAlong = (event: ConsumedEvent) =>
      isSame(this.#callsFor(event.type).methods, methods) && this.#keys.fault(event) === undefined;
    while (end < events.length && goesAlong(events[end]!)) end++;
    return events.slice(start, end).map((event) => this.#attempt(event, 1));
  }

  #attempt(event: ConsumedEvent, number: number): AttemptAtEvent {
    const { model, commands } = this.#parts;
    return new AttemptAtEvent(event, new HandledEvent(event, model.name), number, commands);
  }

  #called(method: HandlingMethod, attempts: readonly AttemptAtEvent[], call: LimitedCall): unknown {
    const [first] = attempts as readonly [AttemptAtEvent];
    const calling = () =>
      method.isBatch ? this.#callForAll(method, attempts, call) : this.#callForOne(method, first, call);
    const { around } = this.#parts;
    if (around === undefined) return calling();
    const events = method.isBatch ? attempts.map(({ event }) => event) : [first.event];
    return around(method.place, events, calling);
  }

  #callForOne(method: HandlingMethod, attempt: AttemptAtEvent, call: LimitedCall): unknown {
    const context = new HandlerContext(attempt, call);
    return whileHandling(attempt.handled, () => this.#call(method, attempt.event.event, context));
  }

  /** Calls a method for several events. What it causes is noted with the first. */
  #callForAll(method: HandlingMethod, attempts: readonly AttemptAtEvent[], call: LimitedCall): unknown {
    const [first] = attempts as readonly [AttemptAtEvent];
    return whileHandling(first.handled, () => {
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
