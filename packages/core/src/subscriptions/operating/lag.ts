import type { EventLog } from "../../ports/event-log";
import type { Checkpoint } from "../../ports/subscription-store";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer } from "../reading/consumer";

/** How far a subscription is behind the end of the log. */
export interface Lag {
  /** How many events of its types it has still to do. */
  readonly events: number;
  /** Whether `events` is exact. */
  readonly isExact: boolean;
  /** The time of the first of them: milliseconds since 1970, UTC; undefined without any. */
  readonly since?: number | undefined;
}

/** Where counting ends: what is further behind is at least so far behind. */
const COUNTED = 100_000;
/** How many events between the buckets of a subscription are looked at, to find out whose they are. */
const LOOKED_AT = 10_000;
const PAGE = 500;

interface LagParts {
  readonly consumer: Pick<Consumer, "categories" | "keysOf" | "wants">;
  /** The stored types of its events. */
  readonly types: readonly string[];
  readonly log: Pick<EventLog, "countEvents" | "readAll">;
  readonly shared: (message: ConsumedEvent["message"]) => ConsumedEvent;
  /** The bucket of a key. */
  readonly bucketOf: (key: string, buckets: number) => number;
}

/**
 * Counts the events that a subscription has still to do, by what the store says of its checkpoints and of the log.
 *
 * Where buckets are at different positions, each event between them is looked at; where these are too many, the count is the sum of what
 * each bucket would have to do if every bucket had an equal share of the events.
 */
export async function lagOf(
  parts: LagParts,
  checkpoints: readonly Pick<Checkpoint, "bucket" | "position">[],
): Promise<Lag> {
  const positions = [...new Set(checkpoints.map(({ position }) => position))].sort((a, b) => a - b);
  const [lowest = 0] = positions;
  const highest = positions.at(-1) ?? 0;
  const all = await behind(lowest, parts);
  if (lowest === highest || all.events === 0) return all;
  const last = await behind(highest, parts);
  if (all.isExact && all.events - last.events <= LOOKED_AT) return plus(await between(checkpoints, parts), last);
  let events = 0;
  for (const position of positions) {
    const share = checkpoints.filter((checkpoint) => checkpoint.position === position).length / checkpoints.length;
    events += (await behind(position, parts)).events * share;
  }
  return { events: Math.ceil(events), isExact: false, since: all.since };
}

async function behind(after: number, { consumer: { categories }, types, log }: LagParts): Promise<Lag> {
  if (types.length === 0) return { events: 0, isExact: true };
  const { events, since } = await log.countEvents({ after, categories, types, limit: COUNTED });
  return { events, isExact: events < COUNTED, since };
}

/** Counts the events between the first and the last bucket that one of their buckets has still to do. */
async function between(
  checkpoints: readonly Pick<Checkpoint, "bucket" | "position">[],
  { consumer, log, shared, bucketOf }: LagParts,
): Promise<Lag> {
  const positionOf = new Map(checkpoints.map(({ bucket, position }) => [bucket, position]));
  const positions = [...positionOf.values()];
  const highest = Math.max(...positions);
  let events = 0;
  let since: number | undefined;
  for (let after = Math.min(...positions); after < highest; ) {
    const page = await log.readAll({ after, limit: PAGE, categories: consumer.categories });
    for (const message of page.messages) {
      if (message.globalPosition > highest) break;
      if (!consumer.wants(message.type)) continue;
      const isBehind = (key: string): boolean =>
        (positionOf.get(bucketOf(key, positionOf.size)) ?? 0) < message.globalPosition;
      if (!consumer.keysOf(shared(message)).some(isBehind)) continue;
      events++;
      since ??= message.time;
    }
    if (page.atEnd || page.upTo === after) break;
    after = page.upTo;
  }
  return { events, isExact: true, since };
}

function plus(first: Lag, further: Lag): Lag {
  const { events, since } = first;
  return {
    events: events + further.events,
    isExact: first.isExact && further.isExact,
    since: since ?? further.since,
  };
}
