import type { Clock } from "../elements/clock";
import type { Consumer } from "./consumer";
import type { Engine } from "./engine";

/** How a subscription is: what `domain.subscriptions()` lists. */
export interface SubscriptionStatus {
  /** `AccountSummary`, `WelcomeMail`. */
  readonly name: string;
  readonly kind: Consumer["kind"];
  /** `idle`: this process does not run it. `stopped`: an event failed for good; see `error`. */
  readonly state: "running" | "stopped" | "paused" | "idle";
  /** The global position up to which every event is done; undefined where it has no checkpoint yet. */
  readonly position: number | undefined;
  /** How many events it has still to handle; an estimate from 1,000 on. */
  readonly lag: number;
  /** The age of the first of them; undefined without any. */
  readonly lagSeconds?: number;
  readonly lane: string;
  /** Why it has stopped. */
  readonly error?: Error;
}

const COUNTED = 1_000;

/** Lists the subscriptions of a process, in the order of their declaration. */
export async function subscriptionStatuses(engine: Engine, clock: Clock): Promise<readonly SubscriptionStatus[]> {
  return await Promise.all(engine.consumers.map((consumer) => statusOf(consumer, engine, clock)));
}

async function statusOf(consumer: Consumer, engine: Engine, clock: Clock): Promise<SubscriptionStatus> {
  const { name, kind, lane, subscription } = consumer;
  const worker = engine.workers.get(subscription);
  const [checkpoint] = await engine.operations.subscriptions.checkpoints(subscription);
  const position = worker?.state === "running" ? (worker.position ?? checkpoint?.position) : checkpoint?.position;
  const { lag, since } = await lagOf(consumer, position ?? 0, engine);
  const error = worker?.failure;
  return {
    name,
    kind,
    state: stateOf(engine, consumer),
    position,
    lag,
    ...(since !== undefined && { lagSeconds: Math.max(0, (clock.now().getTime() - since) / 1_000) }),
    lane,
    ...(error !== undefined && { error }),
  };
}

function stateOf(engine: Engine, consumer: Consumer): SubscriptionStatus["state"] {
  if (engine.isPaused(consumer)) return "paused";
  const state = engine.workers.get(consumer.subscription)?.state;
  return state === "running" || state === "stopped" ? state : "idle";
}

/** Counts the wanted events behind a position; those beyond the first thousand by their positions. */
async function lagOf(consumer: Consumer, position: number, engine: Engine) {
  const { log } = engine.parts.adapter;
  const { categories } = consumer;
  let lag = 0;
  let since: number | undefined;
  const count = (page: Awaited<ReturnType<typeof log.readAll>>) => {
    for (const { type, time } of page.messages)
      if (consumer.wants(type)) {
        lag++;
        since ??= time;
      }
  };
  const first = await log.readAll({ after: position, limit: COUNTED, categories });
  count(first);
  if (!first.atEnd) {
    const { upTo } = await log.readAll({ after: first.upTo, limit: 1, categories: [] });
    lag += Math.max(0, upTo - first.upTo);
  }
  return { lag, since };
}
