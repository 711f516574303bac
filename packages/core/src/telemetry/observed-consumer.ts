import { type Attributes, metrics, SpanKind } from "@opentelemetry/api";

import type { Answer } from "../ports/answer";
import { now } from "../ports/real-timers";
import { failureClassOf } from "../subscriptions/failures/failure-class";
import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";
import type { Attempt, Consumer, Consumption, Feed } from "../subscriptions/reading/consumer";
import { ConsumerCounter } from "./consumer-counts";
import { ATTRIBUTES, INSTRUMENTATION, METRICS, SPANS } from "./names";
import { linkToEvents } from "./trace-context";
import { failSpan, isTraced, startSpan, within } from "./tracing";

/** Counts the events and the failures of a consumer, and puts each of its batches in a span. */
export class ObservedConsumer implements Consumer {
  readonly subscription: string;
  readonly name: string;
  readonly kind: Consumer["kind"];
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom: Consumer["startFrom"];
  readonly replaces: Consumer["replaces"];
  readonly retry: Consumer["retry"];
  readonly onFailure: Consumer["onFailure"];
  readonly isOneLine: boolean;
  readonly isGrouped: boolean;
  readonly batch: number;
  readonly longestCallMs: number;
  readonly #attributes: Attributes;
  readonly #instruments = instruments();

  constructor(
    private readonly observed: Consumer,
    private readonly counter: ConsumerCounter = new ConsumerCounter(),
  ) {
    this.subscription = observed.subscription;
    this.name = observed.name;
    this.kind = observed.kind;
    this.lane = observed.lane;
    this.categories = observed.categories;
    this.startFrom = observed.startFrom;
    this.replaces = observed.replaces;
    this.retry = observed.retry;
    this.onFailure = observed.onFailure;
    this.isOneLine = observed.isOneLine;
    this.isGrouped = observed.isGrouped;
    this.batch = observed.batch;
    this.longestCallMs = observed.longestCallMs ?? 0;
    this.#attributes = { [ATTRIBUTES.subscription]: observed.name };
  }

  wants(type: string): boolean {
    return this.observed.wants(type);
  }

  keysOf(event: ConsumedEvent): readonly string[] {
    return this.observed.keysOf(event);
  }

  begin(): Feed {
    return new ObservedFeed(this.observed.begin(), this.#attributes, this.#instruments, this.counter);
  }
}

class ObservedFeed implements Feed {
  constructor(
    private readonly observed: Feed,
    private readonly attributes: Attributes,
    private readonly instruments: Instruments,
    private readonly counter: ConsumerCounter,
  ) {}

  forget(): void {
    this.observed.forget();
  }

  consume(events: readonly ConsumedEvent[], attempt: Attempt): Answer<Consumption> {
    const span = startSpan(SPANS.consume, SpanKind.CONSUMER);
    const begun = now();
    if (!isTraced(span)) {
      const consumed = this.observed.consume(events, attempt);
      if (consumed instanceof Promise) return consumed.then((consumption) => this.#counted(consumption, begun));
      return this.#counted(consumed, begun);
    }
    linkToEvents(span, events);
    const inSpan = async (): Promise<Consumption> => {
      try {
        const consumption = this.#counted(await this.observed.consume(events, attempt), begun);
        if (span.isRecording())
          span.setAttributes({ ...this.attributes, [ATTRIBUTES.eventsConsumed]: consumption.done });
        if (consumption.failure !== undefined) failSpan(span, consumption.failure.error);
        return consumption;
      } catch (error) {
        failSpan(span, error);
        throw error;
      } finally {
        span.end();
      }
    };
    return within(span, inSpan);
  }

  /** Counts a batch, and a call that takes its time when it has ended. */
  #counted(consumption: Consumption, begun: number): Consumption {
    const { done, failure, pending } = consumption;
    if (done > 0) this.instruments.events.add(done, this.attributes);
    let failureClass: string | undefined;
    if (failure !== undefined) {
      failureClass = failureClassOf(failure.error);
      this.instruments.failures.add(1, { ...this.attributes, [ATTRIBUTES.failureClass]: failureClass });
    }
    if (pending === undefined || done > 0) this.counter.batch(done, now() - begun, failureClass);
    if (pending === undefined) return consumption;
    const ended = pending.ended.then((late) => this.#counted(late, begun));
    return { ...consumption, pending: { ...pending, ended } };
  }
}

type Instruments = ReturnType<typeof instruments>;

/** The instruments of the SDK that is registered when the domain starts; without one they do nothing. */
function instruments() {
  const meter = metrics.getMeter(INSTRUMENTATION);
  return {
    events: meter.createCounter(METRICS.eventsConsumed, {
      description: "Events that projections, event handlers and process managers have done",
    }),
    failures: meter.createCounter(METRICS.consumerFailures, {
      description: "Failed attempts at events, those that are tried again included",
    }),
  };
}
