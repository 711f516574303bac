import { randomUUID } from "node:crypto";

import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import type { RemoveParked } from "../../ports/operations";
import type { Checkpoint } from "../../ports/subscription-store";
import { inWords } from "../../wording/in-words";
import type { Engine } from "../engine";
import type { Consumer } from "../reading/consumer";
import { settledEnd } from "../reading/settled-end";
import { consumersNamed } from "./consumers-named";

/** Where a subscription is moved to. */
export interface SeekOptions {
  /** Behind which global position it goes on: 0 for `"beginning"`, the end of the log for `"now"`. */
  readonly to: "beginning" | "now" | number;
  /** Whether events may be handled again, with all of their effects. */
  readonly allowSideEffects?: boolean;
}

/** From where to where a subscription was moved. */
export interface SubscriptionSeek {
  /** The lowest position of its buckets before; undefined where it had no checkpoint. */
  readonly from: number | undefined;
  readonly to: number;
}

/** How long the buckets are held while the checkpoints change. */
const LEASE_MS = 10_000;
/** How many times others may be quicker. */
const ATTEMPTS = 5;

/** Moves the checkpoints of subscriptions. */
export class Seeking {
  constructor(
    private readonly engine: Engine,
    /** Tells how many events a subscription would have to do from some checkpoints on. */
    private readonly lagBehind: (
      consumer: Consumer,
      checkpoints: readonly Pick<Checkpoint, "bucket" | "position">[],
    ) => Promise<number>,
  ) {}

  /**
   * Takes all buckets from the servers that have them, moves their checkpoints, and gives them back. What is noted of keys at later
   * positions is removed: these events are handled again.
   *
   * @throws IncorrectUsageError for a name that no event handler has; for a position that is not in the log; where events would be handled
   *   again and that is not allowed.
   */
  async seek(name: string, { to, allowSideEffects = false }: SeekOptions): Promise<SubscriptionSeek> {
    const [consumer] = consumersNamed(name, this.engine.consumers, "Cannot move");
    if (consumer.kind !== "event handler") throw refusedKind(consumer);
    const position = await this.#positionOf(name, to);
    const { subscriptions } = this.engine.operations;
    const { subscription } = consumer;
    if (!allowSideEffects) await this.#refuseRepetition(consumer, position);
    const server = randomUUID();
    await subscriptions.renew({ server, leaseMs: LEASE_MS, subscriptions: [] });
    try {
      for (let attempt = 1; ; attempt++) {
        const limit = (await subscriptions.checkpoints(subscription)).length;
        if (limit > 0) await subscriptions.claim({ server, subscription, limit, fromOthers: true });
        if (!allowSideEffects) await this.#refuseRepetition(consumer, position);
        const expected = await subscriptions.checkpoints(subscription);
        try {
          await this.#move(subscription, expected, position);
          return { from: lowest(expected), to: position };
        } catch (error) {
          if (!(error instanceof OperationConflictError) || attempt === ATTEMPTS) throw error;
        }
      }
    } finally {
      await subscriptions.leave(server);
      this.engine.signs.give();
    }
  }

  async #move(subscription: string, expected: readonly Checkpoint[], position: number): Promise<void> {
    const { operations } = this.engine;
    const noted = await operations.subscriptions.parked({ subscription });
    const removed = noted
      .filter((parked) => parked.position > position)
      .map(({ key, position: at, revision }): RemoveParked => {
        return { kind: "removeParked", subscription, key, position: at, expected: revision };
      });
    const buckets = expected.length === 0 ? [0] : expected.map(({ bucket }) => bucket);
    const checkpoints = buckets.map((bucket) => ({ bucket, position }));
    await operations.flush([{ kind: "replaceCheckpoints", subscription, expected, checkpoints }, ...removed]);
  }

  async #refuseRepetition(consumer: Consumer, position: number): Promise<void> {
    const checkpoints = await this.engine.operations.subscriptions.checkpoints(consumer.subscription);
    if (checkpoints.every((checkpoint) => checkpoint.position <= position)) return;
    const moved = checkpoints.map(({ bucket, position: at }) => ({ bucket, position: Math.min(at, position) }));
    const events = (await this.lagBehind(consumer, moved)) - (await this.lagBehind(consumer, checkpoints));
    if (events <= 0) return;
    const { kind, name } = consumer;
    throw new IncorrectUsageError(
      `Cannot move ${kind} ${name} back to position ${position}: it would handle ${events} event(s) again, with all of their effects. ` +
        "Give allowSideEffects: true (on the command line --allow-side-effects) where that is wanted",
      { subscription: name, position, events },
    );
  }

  async #positionOf(name: string, to: SeekOptions["to"]): Promise<number> {
    const refused = (reason: string) =>
      new IncorrectUsageError(`Cannot move ${JSON.stringify(name)}: ${reason}`, { subscription: name });
    if (to === "beginning") return 0;
    if (to !== "now" && !(Number.isSafeInteger(to) && to >= 0))
      throw refused(`"to" takes "beginning", "now" or a global position, not ${inWords(to)}`);
    const end = await settledEnd(this.engine.parts.adapter.log);
    if (to !== "now" && to > end) throw refused(`position ${to} is behind the end of the log, ${end}`);
    return to === "now" ? end : to;
  }
}

function refusedKind({ kind, name }: Consumer): IncorrectUsageError {
  return new IncorrectUsageError(`Cannot move ${kind} ${name}: ${reasonAgainst(kind)}`, { subscription: name });
}

function reasonAgainst(kind: Consumer["kind"]): string {
  if (kind === "process manager")
    return "its instances would be told of events twice, or never. Handle keys that are set aside again, or skip their events: domain parked retry, domain parked skip";
  const instead =
    kind === "projection"
      ? "Rebuild it instead: domain.rebuildProjection(…), or on the command line domain projection rebuild"
      : "Declare it under another name, with tables of its own, instead";
  return `its rows would no longer be those of its events. ${instead}`;
}

function lowest(checkpoints: readonly Checkpoint[]): number | undefined {
  return checkpoints.length === 0 ? undefined : Math.min(...checkpoints.map(({ position }) => position));
}
