import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { bucketOf } from "../ports/buckets";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import { clearTimeout, setTimeout } from "../ports/real-timers";
import type { Checkpoint, OwnedCheckpoint, ParkedKey, SubscriptionShare } from "../ports/subscription-store";
import { reasonOf } from "../wording/in-words";
import type { ControlRecord } from "./control-record";
import type { FailureReports } from "./failures/failure-reports";
import type { KeyRetries } from "./failures/key-retries";
import type { KeysAside } from "./failures/keys-aside";
import { RetrySchedule } from "./failures/retry-schedule";
import { GatheredBuckets } from "./gathered-buckets";
import { shareOf } from "./holding/bucket-share";
import type { ChangeStore } from "./holding/change-store";
import { type BucketsInHand, CheckpointLost, Interrupted, inHand } from "./holding/held-checkpoint";
import { JointFlushes } from "./holding/joint-flushes";
import type { LaneTurns } from "./holding/lane-turns";
import type { Leased, LeaseKeeper } from "./holding/lease-keeper";
import { StoreBreaker } from "./holding/store-breaker";
import { IdleMeeting } from "./lines/idle-meeting";
import { Line, type LineParts, type Meeting } from "./lines/line";
import { LineMeeting } from "./lines/line-meeting";
import { PageParts } from "./lines/page-parts";
import { repartition } from "./lines/repartition";
import type { AppendSigns } from "./reading/append-signs";
import type { Consumer } from "./reading/consumer";
import type { KnownEvents } from "./reading/known-events";
import type { SharedPages } from "./reading/shared-pages";
import { WantedEventsOf } from "./reading/wanted-events";

interface WorkerParts {
  readonly consumer: Consumer;
  /** How many buckets it is to have. */
  readonly buckets: number;
  /** The turns of its lane; undefined where all of its subscriptions may work at the same time. */
  readonly turns: LaneTurns | undefined;
  readonly operations: OperationStores;
  readonly log: Pick<EventLog, "readAll">;
  /** What is stored with checkpoints goes through it. */
  readonly changes: ChangeStore;
  readonly pages: SharedPages;
  readonly signs: AppendSigns;
  readonly known: KnownEvents;
  readonly keeper: LeaseKeeper;
  readonly reports: FailureReports;
  /** How many keys may be set aside. */
  readonly maxKeys: number;
  /** How many events are read at once. */
  readonly pageEvents: number;
  /** What the other servers are asked by; undefined where the store keeps events alone. */
  readonly controls: Pick<ControlRecord, "askForAll" | "endSole"> | undefined;
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
  /** Buckets that lines are about to give back. */
  readonly #leaving = new Set<number>();
  /** Buckets that are just being given back. */
  readonly #freeing = new Set<number>();
  #division: Division | undefined;
  /** Whether the number of buckets is still to be compared with the configuration. */
  #isNew = true;
  #repartitioning: Promise<void> | undefined;
  /** What was claimed already in order to change the number of buckets. */
  readonly #gathered: GatheredBuckets;
  #servers: readonly string[] = [];
  #suspending: Promise<void> | undefined;
  readonly #wanted: WantedEventsOf;
  readonly #breaker: StoreBreaker;
  readonly #retries: RetrySchedule<Line>;

  constructor(private readonly parts: WorkerParts) {
    const { consumer, known, operations, keeper, controls } = parts;
    const { subscription } = consumer;
    this.consumer = consumer;
    this.subscription = subscription;
    this.#wanted = new WantedEventsOf(consumer, known);
    this.#breaker = new StoreBreaker(() => parts.moved());
    this.#gathered = new GatheredBuckets({
      subscription,
      operations,
      keeper,
      controls,
      has: (bucket) => this.#has(bucket),
    });
    this.#retries = new RetrySchedule<Line>({
      ...parts,
      wanted: this.#wanted,
      breaker: this.#breaker,
      lines: this.#lines,
      isHurried: () => this.isHurried,
      failed: (line, error) => this.#failed(line, error),
    });
  }

  /** The keys that are set aside, of the buckets that this process has. */
  get aside(): KeysAside {
    return this.#retries.aside;
  }

  /** What does keys that are set aside in buckets that no server has. */
  retries(): { readonly aside: KeysAside; readonly retries: KeyRetries } {
    return this.#retries.apart();
  }

  /** Whether the store could not be reached the last time. */
  get isStoreUnavailable(): boolean {
    return this.#breaker.isOpen;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Whether some of its lines have still something in hand, though they take nothing new. */
  get isEnding(): boolean {
    return this.#ending.size > 0;
  }

  /** The servers alive that run the subscription, at the last renewal of the lease. */
  get servers(): readonly string[] {
    return this.#servers;
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
    this.#retries.look();
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
    this.#servers = share.servers;
    if (!this.#isRunning) return await this.#releaseStrays(share);
    const buckets = share.buckets.length;
    if (buckets === 0) return await this.#stop(await this.parts.gone());
    if (this.#repartitioning !== undefined) return;
    if (this.#isNew && buckets !== this.parts.buckets) return await this.#gather(share);
    this.#isNew = false;
    this.#gathered.forget();
    const { server } = this.parts.keeper;
    const { subscription, servers } = share;
    const mine = share.buckets.filter(({ owner }) => owner === server).map(({ bucket }) => bucket);
    for (const line of this.#lines) {
      const isLost = this.#division?.buckets !== buckets || line.buckets.some((bucket) => !mine.includes(bucket));
      if (isLost) this.#lose(line);
    }
    await this.#releaseStrays(share);
    const wanted = shareOf(server, { subscription, servers, buckets });
    const missing = wanted - this.#size(this.#lines) + this.#leaving.size;
    if (missing > 0) await this.#claim(missing);
    if (missing < 0) this.#giveBack(-missing);
    if (this.#isRunning) this.#become(this.#lines.size > 0 ? "running" : "standby");
  }

  asked(keys: readonly ParkedKey[]): void {
    this.aside.refresh(keys);
  }

  lose(): void {
    this.#gathered.forget();
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

  /**
   * Gives back what the store has under this server and no line has: a release was lost. One that is under way is not repeated: it could
   * come behind the next claim.
   */
  async #releaseStrays({ subscription, buckets }: SubscriptionShare): Promise<void> {
    const { keeper, operations } = this.parts;
    const isStray = ({ owner, bucket }: OwnedCheckpoint) =>
      owner === keeper.server && !this.#has(bucket) && !this.#freeing.has(bucket);
    const strays = buckets.filter(isStray).map(({ bucket }) => bucket);
    if (strays.length > 0) await operations.subscriptions.release(keeper.server, subscription, strays);
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
    if (areThere) await this.#load(claimed, stored.length);
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
    this.#retries.look();
    this.parts.moved();
  }

  /** Reads which keys of buckets are set aside. */
  async #load(claimed: readonly Checkpoint[], buckets: number): Promise<void> {
    const held = new Set(claimed.map(({ bucket }) => bucket));
    await this.aside.load((key) => held.has(bucketOf(key, buckets)));
  }

  /** Forgets the keys of buckets that no line has any more. */
  #drop(buckets: number): void {
    this.aside.drop((key) => !this.#has(bucketOf(key, buckets)));
  }

  /** Makes lines of buckets; those that are ahead first. */
  #newLines(claimed: readonly Checkpoint[], buckets: number): readonly Line[] {
    if (this.#division?.buckets !== buckets) this.#division = this.#divide(buckets);
    const { parts } = this.#division;
    const groups = byPosition(claimed);
    const lines = groups.map((group) => new Line(parts, inHand(group))).sort((a, b) => b.position - a.position);
    for (const line of lines) this.#lines.add(line);
    return lines;
  }

  #divide(buckets: number): Division {
    const { consumer, operations, changes, pages, signs, turns, keeper, moved, flushed, reports, maxKeys, known } =
      this.parts;
    const wanted = this.#wanted;
    const parted = new PageParts(consumer, wanted, buckets);
    const joint = new JointFlushes(changes);
    const parts: LineParts = {
      consumer,
      buckets,
      subscriptions: operations.subscriptions,
      flush: (all) => (this.#lines.size < 2 || consumer.isGrouped ? changes.flush(all) : joint.flush(all)),
      pages,
      signs,
      turns,
      eventsIn: (page, line) =>
        consumer.isGrouped || line.size === buckets
          ? wanted.withUnknown(page, line.position)
          : parted.in(page, line.position, (bucket) => line.has(bucket)),
      mayPart: () => this.#repartitioning === undefined,
      parted: (from, inHand) => this.#parted(from, inHand),
      failing: {
        store: operations.subscriptions,
        aside: this.aside,
        breaker: this.#breaker,
        reports,
        maxKeys,
        unknownError: (event) => known.unknownError(event.message),
      },
      isAlive: keeper.isAlive,
      isHurried: () => this.isHurried,
      moved,
      flushed,
    };
    const meeting = consumer.isGrouped ? new LineMeeting(this.#lines, pages) : new IdleMeeting(this.#lines);
    return { buckets, parts, meeting };
  }

  /** Lets buckets go on in a line of their own, unless the one that they come from is just ending. */
  #parted(from: Line, buckets: BucketsInHand): void {
    const line = new Line(this.#division!.parts, buckets, { isLate: true });
    this.#lines.add(line);
    if (from.isEnding) return void this.#release(line);
    this.#goAlone(line);
    this.#retries.look();
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
    void this.#ended(line).then(() => {
      if (this.#isRunning) void this.parts.keeper.tick();
    });
    this.parts.moved();
  }

  /** Gives buckets back: whole lines where that is possible. */
  #giveBack(count: number): void {
    let left = count;
    for (const line of [...this.#lines].sort((a, b) => a.size - b.size || b.number - a.number)) {
      if (left === 0) return;
      const staying = line.buckets.filter((bucket) => !this.#leaving.has(bucket));
      if (staying.length === line.size && line.size <= left) {
        left -= line.size;
        void this.#release(line);
      } else {
        const buckets = staying.sort((a, b) => b - a).slice(0, left);
        left -= buckets.length;
        void this.#releaseOf(line, buckets);
      }
    }
  }

  /** Ends a line, then gives its buckets back. */
  #release(line: Line): Promise<void> {
    const { server } = this.parts.keeper;
    return this.#ended(line, () => this.#free(server, line.buckets));
  }

  /**
   * Ends a line. The buckets of one that is lost are not given back: the server may have claimed them again meanwhile, for another line.
   * Those that it still has are given back by the next tick.
   */
  #ended(line: Line, freed?: () => Promise<void>): Promise<void> {
    this.#lines.delete(line);
    const count = this.#division?.buckets;
    const ended = line.end().then(async () => {
      this.#ending.delete(line);
      if (count !== undefined) this.#drop(count);
      await freed?.();
    });
    this.#ending.set(line, ended);
    return ended;
  }

  async #releaseOf(line: Line, buckets: readonly number[]): Promise<void> {
    const { server } = this.parts.keeper;
    for (const bucket of buckets) this.#leaving.add(bucket);
    let given: readonly number[];
    try {
      // Some may have gone on in another line while this one was waited for.
      given = await line.giveUp(buckets);
    } catch (error) {
      // The line goes on with all of them, or they have gone on in another one.
      if (error instanceof StoreUnavailableError || error instanceof Interrupted) return;
      return this.#failed(line, error);
    } finally {
      for (const bucket of buckets) this.#leaving.delete(bucket);
    }
    if (this.#division !== undefined) this.#drop(this.#division.buckets);
    await this.#free(server, given);
  }

  async #free(server: string, buckets: readonly number[]): Promise<void> {
    // Whoever lost its lease meanwhile may have claimed them again, for another line.
    const freed = buckets.filter((bucket) => !this.#has(bucket));
    for (const bucket of freed) this.#freeing.add(bucket);
    try {
      if (freed.length > 0) await this.parts.operations.subscriptions.release(server, this.subscription, freed);
    } catch {
      // The lease of the server runs out, or the next tick finds them.
    } finally {
      for (const bucket of freed) this.#freeing.delete(bucket);
    }
    this.parts.keeper.tellOthers();
  }

  /** Ends all lines. */
  async #letGo(): Promise<void> {
    for (const line of this.#lines) void this.#release(line);
    // Others may have parted from them meanwhile.
    while (this.#ending.size > 0) await Promise.all(this.#ending.values());
    await this.#repartitioning;
    await this.#endGathering();
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

  /** Takes all buckets, and once it has them puts another number of them in their place. */
  async #gather(share: SubscriptionShare): Promise<void> {
    const all = await this.#gathered.more(share);
    if (all === undefined || !this.#isRunning) return;
    this.#gathered.forget();
    this.#repartitioning = this.#repartition(all).finally(() => (this.#repartitioning = undefined));
  }

  async #endGathering(): Promise<void> {
    const buckets = this.#gathered.giveUp();
    if (buckets.length === 0) return;
    await this.#free(this.parts.keeper.server, buckets);
    await this.#gathered.end().catch(() => undefined);
  }

  /** Puts as many buckets in the place of those that there are as the configuration says. */
  async #repartition(claimed: readonly Checkpoint[]): Promise<void> {
    const { operations, keeper, buckets } = this.parts;
    const { subscription } = this;
    try {
      await this.#load(claimed, claimed.length);
      const lines = this.#newLines(claimed, claimed.length);
      const isEnding = () => !this.#isRunning;
      if (await repartition({ subscription, buckets, operations, claimed, lines, isEnding })) this.#isNew = false;
      await this.#gathered.end();
    } catch (error) {
      if (!isPassing(error))
        return await this.#stop(error instanceof Error ? error : new Error(reasonOf(error), { cause: error }));
    } finally {
      // Whatever came of it, the checkpoints under the lines are others now, or are to be claimed anew.
      for (const line of this.#lines) void this.#release(line);
    }
    await Promise.all(this.#ending.values());
    if (this.#isRunning) void keeper.tick();
    keeper.tellOthers();
  }

  #become(state: WorkerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.parts.moved();
  }
}

/** Whether another attempt can go well without anybody doing anything. */
function isPassing(error: unknown): boolean {
  return error instanceof CheckpointLost || error instanceof Interrupted || error instanceof StoreUnavailableError;
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
