import type { OperationStores } from "../ports/operations";
import { clearTimeout, setTimeout } from "../ports/real-timers";
import type { Checkpoint, ParkedKey, SubscriptionShare } from "../ports/subscription-store";
import { reasonOf } from "../wording/in-words";
import type { AppendSigns } from "./append-signs";
import { shareOf } from "./bucket-share";
import type { Consumer } from "./consumer";
import { CheckpointLost, Interrupted } from "./held-checkpoint";
import { JointFlushes } from "./joint-flushes";
import type { KnownEvents } from "./known-events";
import type { LaneTurns } from "./lane-turns";
import type { Leased, LeaseKeeper } from "./lease-keeper";
import { Line, type LineParts, type Meeting } from "./line";
import { LineMeeting } from "./line-meeting";
import { LineReader } from "./line-reader";
import { PageParts } from "./page-parts";
import { repartition } from "./repartition";
import type { SharedPages } from "./shared-pages";
import { stoppedAt } from "./stopped-at";
import { WantedEventsOf } from "./wanted-events";

interface WorkerParts {
  readonly consumer: Consumer;
  /** How many buckets it is to have. */
  readonly buckets: number;
  /** The turns of its lane; undefined where all of its subscriptions may work at the same time. */
  readonly turns: LaneTurns | undefined;
  readonly operations: OperationStores;
  readonly pages: SharedPages;
  readonly signs: AppendSigns;
  readonly known: KnownEvents;
  readonly keeper: LeaseKeeper;
  /** Why it has no checkpoints any more, where they were laid before. */
  readonly gone: () => Promise<Error>;
  /** Called with why the subscription has stopped. */
  readonly stopped: (failure: Error) => void;
  /** Called when the position has moved, or the state has changed. */
  readonly moved: () => void;
  /** Called after each flush. */
  readonly flushed: () => void;
}

/** `standby`: other servers have all of its buckets. `suspended`: it is not to have any, because it is paused or has halted elsewhere. */
type WorkerState = "ended" | "running" | "standby" | "suspended" | "stopped";

/** How the lines of a subscription with a number of buckets are fed. */
interface Division {
  readonly buckets: number;
  readonly parts: LineParts;
  readonly meeting: Meeting;
  /** Undefined where lines read by themselves. */
  readonly reader?: LineReader;
}

/** How long `end` waits for work that its signal should have ended. */
const LAST_WAIT_MS = 1_000;

/** Runs the buckets of one subscription that this process has, from their checkpoints to the end of the log and on. */
export class SubscriptionWorker implements Leased {
  readonly consumer: Consumer;
  readonly subscription: string;
  /** Repeats failures without pauses while it is true. */
  isHurried = false;
  #state: WorkerState = "ended";
  #failure: Error | undefined;
  readonly #lines = new Set<Line>();
  /** Lines that end what they have in hand, and then give their buckets back. */
  readonly #ending = new Map<Line, Promise<void>>();
  #division: Division | undefined;
  /** Whether the number of buckets is still to be compared with the configuration. */
  #isNew = true;
  #repartitioning: Promise<void> | undefined;
  #suspending: Promise<void> | undefined;
  readonly #wanted: WantedEventsOf;

  constructor(private readonly parts: WorkerParts) {
    this.consumer = parts.consumer;
    this.subscription = parts.consumer.subscription;
    this.#wanted = new WantedEventsOf(parts.consumer, parts.known);
  }

  get state(): WorkerState {
    return this.#state;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The position up to which everything is done; undefined unless this process has all buckets. */
  get position(): number | undefined {
    let buckets = 0;
    let lowest = Number.POSITIVE_INFINITY;
    for (const line of this.#lines) {
      buckets += line.size;
      lowest = Math.min(lowest, line.position);
    }
    return buckets > 0 && buckets === this.#division?.buckets ? lowest : undefined;
  }

  /** The positions of the buckets that this process has. */
  get positions(): ReadonlyMap<number, number> {
    const positions = new Map<number, number>();
    for (const line of this.#lines) for (const bucket of line.buckets) positions.set(bucket, line.position);
    return positions;
  }

  /** Starts, unless it runs. One that has stopped starts again before the failed event. It has buckets once the keeper shares. */
  start(): void {
    if (this.#isRunning || this.#state === "suspended") return;
    this.#failure = undefined;
    this.#isNew = true;
    this.#become("running");
  }

  /** Ends what is in hand, and gives the buckets back. It has none until it is to go on. */
  suspend(): void {
    if (!this.#isRunning) return;
    this.#become("suspended");
    this.#suspending = this.#letGo();
  }

  /** Lets it have buckets again, once the keeper shares. */
  goOn(): void {
    if (this.#state !== "suspended") return;
    void this.#suspending?.then(() => {
      if (this.#state !== "suspended") return;
      this.#become("running");
      void this.parts.keeper.tick();
    });
  }

  /** Ends the present pauses before repetitions, and has none from now on. */
  hurry(): void {
    this.isHurried = true;
    for (const line of this.#lines) line.hurry();
  }

  /**
   * Takes no new event, ends what is in hand, stores the positions and gives the buckets back. After `budgetMs` what is in hand is
   * given up.
   * @returns whether it ended in time.
   */
  async end(budgetMs: number): Promise<boolean> {
    if (this.#state === "ended" && this.#ending.size === 0) return true;
    const isStopped = this.#state === "stopped";
    // Nothing is claimed from now on.
    if (!isStopped) this.#state = "ended";
    const ended = this.#letGo();
    const isDone = await within(ended, budgetMs);
    if (!isDone) {
      const reason = new Error(`The server has stopped: its ${budgetMs} ms to end what is in hand are over`);
      for (const line of [...this.#lines, ...this.#ending.keys()]) line.abort(reason);
      await within(ended, LAST_WAIT_MS);
    }
    this.parts.moved();
    return isDone;
  }

  async shared(share: SubscriptionShare): Promise<void> {
    if (!this.#isRunning) return;
    const buckets = share.buckets.length;
    if (buckets === 0) return await this.#stop(await this.parts.gone());
    if (this.#repartitioning !== undefined) return;
    if (this.#isNew && buckets !== this.parts.buckets) {
      this.#repartitioning = this.#repartition().finally(() => (this.#repartitioning = undefined));
      return;
    }
    this.#isNew = false;
    const { server } = this.parts.keeper;
    const { subscription, servers } = share;
    const mine = share.buckets.filter(({ owner }) => owner === server).map(({ bucket }) => bucket);
    for (const line of this.#lines) {
      const isLost = this.#division?.buckets !== buckets || line.buckets.some((bucket) => !mine.includes(bucket));
      if (isLost) this.#lose(line);
    }
    const strays = mine.filter((bucket) => !this.#has(bucket));
    if (strays.length > 0) await this.parts.operations.subscriptions.release(server, subscription, strays);
    const wanted = shareOf(server, { subscription, servers, buckets });
    const missing = wanted - this.#size(this.#lines);
    if (missing > 0) await this.#claim(missing);
    if (missing < 0) this.#giveBack(-missing);
    if (this.#isRunning) this.#become(this.#lines.size > 0 ? "running" : "standby");
  }

  asked(_keys: readonly ParkedKey[]): void {}

  lose(): void {
    for (const line of this.#lines) this.#lose(line);
  }

  get #isRunning(): boolean {
    return this.#state === "running" || this.#state === "standby";
  }

  #has(bucket: number): boolean {
    for (const line of this.#lines) if (line.has(bucket)) return true;
    for (const line of this.#ending.keys()) if (line.has(bucket)) return true;
    return false;
  }

  #size(lines: Iterable<Line>): number {
    let size = 0;
    for (const line of lines) size += line.size;
    return size;
  }

  async #claim(limit: number): Promise<void> {
    const { subscription } = this;
    const { keeper, operations } = this.parts;
    const { subscriptions } = operations;
    const { server } = keeper;
    const claimed = await subscriptions.claim({ server, subscription, limit });
    if (claimed.length === 0) return;
    // Somebody may have put others in their place meanwhile: another number of them.
    const stored = await subscriptions.checkpoints(subscription);
    const areThere = claimed.every(({ bucket, generation }) =>
      stored.some((one) => one.bucket === bucket && one.generation === generation),
    );
    if (areThere && this.#isRunning && keeper.isAlive() && server === keeper.server) this.#take(claimed, stored.length);
    else
      await subscriptions.release(
        server,
        subscription,
        claimed.map(({ bucket }) => bucket),
      );
  }

  #take(claimed: readonly Checkpoint[], buckets: number): void {
    for (const line of this.#newLines(claimed, buckets)) this.#goAlone(line);
    this.parts.moved();
  }

  /** Makes lines of buckets; those that are ahead first. */
  #newLines(claimed: readonly Checkpoint[], buckets: number): readonly Line[] {
    if (this.#division?.buckets !== buckets) {
      void this.#division?.reader?.end();
      this.#division = this.#divide(buckets);
    }
    const { parts } = this.#division;
    const groups = this.consumer.isGrouped ? byPosition(claimed) : claimed.map((checkpoint) => [checkpoint]);
    const lines = groups.map((group) => new Line(parts, group)).sort((a, b) => b.position - a.position);
    for (const line of lines) this.#lines.add(line);
    return lines;
  }

  #divide(buckets: number): Division {
    const { consumer, operations, pages, signs, turns, keeper, moved, flushed } = this.parts;
    const parted = consumer.isGrouped || buckets === 1 ? undefined : new PageParts(consumer, this.#wanted, buckets);
    const joint = new JointFlushes(operations);
    const parts: LineParts = {
      consumer,
      buckets,
      subscriptions: operations.subscriptions,
      flush: parted === undefined ? (all) => operations.flush(all) : (all) => joint.flush(all),
      pages,
      signs,
      turns,
      eventsIn: (page, position, line) =>
        parted === undefined ? this.#wanted.in(page, position) : parted.in(page, position, line.buckets[0]!),
      isAlive: keeper.isAlive,
      isHurried: () => this.isHurried,
      moved,
      flushed,
    };
    if (parted === undefined) return { buckets, parts, meeting: new LineMeeting(this.#lines, pages) };
    const reader = new LineReader({
      pages,
      signs,
      parts: parted,
      moved,
      detached: (line, delivering) => void this.#detached(line, delivering),
      unknownError: (unknown) => stoppedAt(consumer, unknown.event, 1, unknown),
      stopped: (error) => void this.#stop(error),
    });
    return { buckets, parts, meeting: reader, reader };
  }

  #goAlone(line: Line): void {
    const { meeting } = this.#division!;
    line.goAlone(meeting).then(
      () => {
        if (line.isOver) this.#lines.delete(line);
        this.parts.moved();
      },
      (error) => this.#failed(line, error),
    );
  }

  /** Lets a line go on alone behind what it has in hand. */
  async #detached(line: Line, delivering: Promise<void>): Promise<void> {
    try {
      await delivering;
    } catch (error) {
      return this.#failed(line, error);
    }
    if (this.#lines.has(line)) this.#goAlone(line);
  }

  #failed(line: Line, error: unknown): void {
    if (!this.#lines.has(line)) return;
    if (error instanceof Interrupted && line.isEnding) return;
    if (error instanceof CheckpointLost) this.#lose(line);
    // The lease has run out: the keeper ends it.
    else if (error instanceof Interrupted) this.#goAlone(line);
    else void this.#stop(error instanceof Error ? error : new Error(reasonOf(error), { cause: error }), line);
  }

  /** Lets go of a line that others have, or may have. What it has in hand is given up. */
  #lose(line: Line): void {
    line.abort(new CheckpointLost(`Another server has buckets of ${this.consumer.name}`));
    void this.#release(line).then(() => {
      if (this.#isRunning) void this.parts.keeper.tick();
    });
    this.parts.moved();
  }

  /** Gives buckets back: whole lines where that is possible. */
  #giveBack(count: number): void {
    let left = count;
    for (const line of [...this.#lines].sort((a, b) => a.size - b.size || b.number - a.number)) {
      if (left === 0) return;
      if (line.size <= left) {
        left -= line.size;
        void this.#release(line);
      } else {
        const buckets = [...line.buckets].sort((a, b) => b - a).slice(0, left);
        left = 0;
        void this.#releaseOf(line, buckets);
      }
    }
  }

  /** Ends a line, then gives its buckets back. */
  #release(line: Line): Promise<void> {
    this.#division?.reader?.leave(line);
    this.#lines.delete(line);
    const { server } = this.parts.keeper;
    const ended = line.end().then(async () => {
      const { buckets } = line;
      this.#ending.delete(line);
      await this.#free(server, buckets);
    });
    this.#ending.set(line, ended);
    return ended;
  }

  async #releaseOf(line: Line, buckets: readonly number[]): Promise<void> {
    const { server } = this.parts.keeper;
    try {
      await line.giveUp(buckets);
    } catch (error) {
      return this.#failed(line, error);
    }
    await this.#free(server, buckets);
  }

  async #free(server: string, buckets: readonly number[]): Promise<void> {
    try {
      if (buckets.length > 0) await this.parts.operations.subscriptions.release(server, this.subscription, buckets);
    } catch {
      // The lease of the server runs out, or the next tick finds them.
    }
    this.parts.keeper.tellOthers();
  }

  /** Ends all lines. */
  async #letGo(): Promise<void> {
    const reader = this.#division?.reader;
    for (const line of this.#lines) line.stop();
    // What it has passed counts for the lines that have nothing in hand.
    await reader?.end();
    for (const line of this.#lines) void this.#release(line);
    await Promise.all([...this.#ending.values(), this.#repartitioning]);
    if (reader === this.#division?.reader) this.#division = undefined;
  }

  /** @param line the line in which the failure came. */
  async #stop(failure: Error, line?: Line): Promise<void> {
    if (!this.#isRunning || this.#failure !== undefined) return;
    this.#failure = failure;
    if (line !== undefined) await this.#release(line);
    void this.#letGo();
    this.#become("stopped");
    this.parts.stopped(failure);
  }

  /** Puts as many buckets in the place of those that there are as the configuration says. */
  async #repartition(): Promise<void> {
    const { operations, keeper, buckets } = this.parts;
    const { subscription } = this;
    try {
      const isDone = await repartition({
        subscription,
        buckets,
        operations,
        server: keeper.server,
        linesOf: (claimed, count) => this.#newLines(claimed, count),
        isEnding: () => !this.#isRunning,
      });
      if (isDone) this.#isNew = false;
    } catch (error) {
      if (!(error instanceof CheckpointLost || error instanceof Interrupted))
        return await this.#stop(error instanceof Error ? error : new Error(reasonOf(error), { cause: error }));
    } finally {
      // Whatever came of it, the checkpoints under the lines are others now, or are to be claimed anew.
      for (const line of this.#lines) void this.#release(line);
    }
    if (this.#isRunning) void Promise.all(this.#ending.values()).then(() => keeper.tick());
  }

  #become(state: WorkerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.parts.moved();
  }
}

function byPosition(checkpoints: readonly Checkpoint[]): readonly (readonly Checkpoint[])[] {
  const groups = new Map<number, Checkpoint[]>();
  for (const checkpoint of checkpoints) {
    const group = groups.get(checkpoint.position) ?? [];
    groups.set(checkpoint.position, group);
    group.push(checkpoint);
  }
  return [...groups.values()];
}

/** @returns whether the work ended in time. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([work.then(() => true), isLate]);
  } finally {
    clearTimeout(timer);
  }
}
