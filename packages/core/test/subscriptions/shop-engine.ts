import type { FailurePolicy } from "../../src/config/failure-policy";
import { MemoryEventStore } from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import type { AggregateModel } from "../../src/model/aggregate-model";
import { examineModel } from "../../src/model/domain-model";
import { Registry } from "../../src/model/registry";
import type { EventLog } from "../../src/ports/event-log";
import type { EventStoreAdapter } from "../../src/ports/event-store-adapter";
import { Engine, type EngineSettings } from "../../src/subscriptions/engine";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";
import type { Attempt, Consumer, Consumption, Feed } from "../../src/subscriptions/reading/consumer";
import { bank } from "../fixtures/bank";

const SETTINGS: EngineSettings = {
  buckets: 16,
  leaseMs: 10_000,
  shutdownMs: 1_000,
  pageEvents: 500,
  maxParkedKeysOf: () => 1_000,
  isPaused: () => false,
  concurrencyOf: () => undefined,
};

/** The events of accounts in a store, and engines that feed consumers of them. */
export function accountEvents(adapter: EventStoreAdapter = new MemoryEventStore()) {
  const { Account, AccountOpened, DepositMade, WithdrawalMade } = bank();
  const registry = new Registry();
  for (const type of [AccountOpened, DepositMade, WithdrawalMade, Account] as unknown as Class[])
    registry.addMarked(type);
  const model = examineModel("fidelis", registry).model.aggregates.get(Account as unknown as Class) as AggregateModel;
  let count = 0;

  /** Appends one event a call; `data` as it is stored. */
  const append = async (type: string, data: object | string, { id = "a-1", category = model.category } = {}) => {
    const text = typeof data === "string" ? data : JSON.stringify(data);
    const message = { id: `e-${++count}`, type, time: count, data: text, metadata: '{"correlationId":"c-1"}' };
    await adapter.log.append([{ stream: `${category}-${id}`, category, messages: [message] }]);
  };
  const deposit = (amount: number, id = "a-1") => append("Fidelis.DepositMade.v1", { accountId: id, amount }, { id });

  const logged: string[] = [];
  const warned: string[] = [];
  const engineOf = (consumers: readonly Consumer[], settings: Partial<EngineSettings> = {}, log?: EventLog) =>
    new Engine({
      domain: "fidelis",
      adapter: {
        log: log ?? adapter.log,
        ...(adapter.operations && { operations: adapter.operations }),
        description: adapter.description,
        abilities: adapter.abilities,
      },
      consumers,
      aggregates: [model],
      settings: { ...SETTINGS, ...settings },
      logError: (message) => logged.push(message),
      logWarning: (message) => warned.push(message),
    });
  /** The position of the last of its buckets. */
  const checkpoint = async (subscription: string) => {
    const checkpoints = (await adapter.operations?.subscriptions.checkpoints(subscription)) ?? [];
    return checkpoints.length === 0 ? undefined : Math.min(...checkpoints.map(({ position }) => position));
  };

  return { adapter, model, append, deposit, engineOf, checkpoint, logged, warned, DepositMade };
}

interface RecordingOptions extends Partial<Consumer> {
  /** Called for each event; what it throws is the failure of the event. */
  readonly handle?: (event: ConsumedEvent, attempt: Attempt) => unknown;
}

/** A consumer that notes the amounts of the deposits that it is given. */
export class RecordingConsumer implements Consumer {
  readonly amounts: number[] = [];
  readonly subscription: string;
  readonly name: string;
  readonly kind = "event handler";
  readonly lane: string;
  readonly categories: readonly string[];
  readonly startFrom;
  readonly retry;
  readonly batch: number;
  readonly onFailure: FailurePolicy;
  readonly isOneLine: boolean;
  readonly isGrouped: boolean;
  readonly replaces: string | undefined;
  readonly #handle: RecordingOptions["handle"];

  constructor(
    model: AggregateModel,
    { subscription = "Recorder", categories = [model.category], ...options }: RecordingOptions = {},
  ) {
    this.subscription = subscription;
    this.name = subscription;
    this.categories = categories;
    this.lane = options.lane ?? "default";
    this.startFrom = "startFrom" in options ? options.startFrom : ("beginning" as const);
    this.retry = options.retry ?? { attempts: 2, firstMs: 1, maxMs: 2 };
    this.batch = options.batch ?? 500;
    this.onFailure = options.onFailure ?? "halt";
    this.isOneLine = options.isOneLine ?? false;
    this.isGrouped = options.isGrouped ?? false;
    this.replaces = options.replaces;
    this.#handle = options.handle;
  }

  wants(type: string): boolean {
    return type === "Fidelis.DepositMade.v1";
  }

  keysOf({ stream }: ConsumedEvent): readonly string[] {
    return [stream];
  }

  begin(): Feed {
    return { consume: (events, attempt) => this.consume(events, attempt), forget: () => undefined };
  }

  async consume(all: readonly ConsumedEvent[], attempt: Attempt): Promise<Consumption> {
    const { takes } = attempt;
    let done = 0;
    for (const event of all) {
      if (takes !== undefined && !this.keysOf(event).some(takes)) {
        done++;
        continue;
      }
      try {
        const { amount } = event.event as { readonly amount: number };
        await this.#handle?.(event, attempt);
        this.amounts.push(amount);
        done++;
      } catch (error) {
        return { done, operations: [], failure: { error, place: `${this.name}.deposited`, isRetryable: true } };
      }
    }
    return { done, operations: [] };
  }
}

/** Runs an engine until its subscriptions have done everything that is in the log, or have stopped. */
export async function untilIdle(engine: Engine): Promise<void> {
  const { log } = engine.parts.adapter;
  const { upTo } = await log.readAll({ after: 0, limit: 1, categories: [] });
  await until(engine, () =>
    [...engine.workers.values()].every(({ state, position }) => state === "stopped" || (position ?? -1) >= upTo),
  );
}

/** Resolves when something is true that the engine brings about. */
export async function until(engine: Engine, isTrue: () => boolean): Promise<void> {
  if (isTrue()) return;
  await new Promise<void>((resolve) => {
    const stop = engine.onMove(() => {
      if (!isTrue()) return;
      stop();
      resolve();
    });
  });
}
