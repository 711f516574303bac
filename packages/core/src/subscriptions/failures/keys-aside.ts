import { now } from "../../ports/real-timers";
import type { ParkedKey, SubscriptionStore } from "../../ports/subscription-store";
import { recordIn } from "./parked-record";

interface KeysAsideParts {
  /** The identity of the subscription's checkpoints. */
  readonly subscription: string;
  readonly store: () => Pick<SubscriptionStore, "parked">;
  /** Whether the code knows a stored type of a category. */
  readonly knowsType: (category: string, type: string) => boolean;
  /** How many keys may be set aside, of all servers together. */
  readonly maxKeys: number;
  /** The longest pause before a repetition: the clock of another server may be ahead. */
  readonly maxPauseMs: number;
  /** Called when a key was set aside, has come back, or is asked for. */
  readonly changed?: () => void;
}

/** A key that waits, as it is stored, and when it is tried again: by the time of this process; infinity where nobody has asked. */
interface KeyAside {
  readonly parked: ParkedKey;
  readonly dueAt: number;
}

/** The states of keys that wait. */
export const ASIDE_STATES = ["waiting", "parked", "retry", "skip"] as const;

const PAGE = 500;
const NONE: readonly KeyAside[] = [];
/** After how many more keys the number of all servers is asked for again. */
const RECOUNT = 50;

/**
 * The keys of one subscription that are set aside, as far as they are in the hands of this process: their events are not done, but wait
 * until `KeyRetries` does them. The store has the same.
 */
export class KeysAside {
  readonly #keys = new Map<string, KeyAside>();
  /** Events that are repeated where they stand. Their keys are not set aside. */
  readonly #inPlace = new Map<string, KeyAside>();
  #returned = 0;
  #elsewhere = 0;
  #uncounted = 0;

  constructor(private readonly parts: KeysAsideParts) {}

  /** How many keys are set aside. */
  get size(): number {
    return this.#keys.size;
  }

  /** Grows with each key that has come back, and whenever others have done events: what a feed knows is out of date then. */
  get returned(): number {
    return this.#returned;
  }

  /** Whether a key of this process will be tried again without being asked for. */
  get isWaiting(): boolean {
    return this.nextDueAt !== undefined;
  }

  /** When the next key is to be tried, by `now()` of the process; undefined where none is. */
  get nextDueAt(): number | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#keys.values()) next = Math.min(next, dueAt);
    return next === Number.POSITIVE_INFINITY ? undefined : next;
  }

  /** Reads the keys of buckets that were claimed. Those of a type that was not known, and is now, are due at once. */
  async load(holds: (key: string) => boolean): Promise<void> {
    let elsewhere = 0;
    const found: ParkedKey[] = [];
    for await (const parked of this.#stored()) {
      if (holds(parked.key)) found.push(parked);
      else if (!this.#keys.has(parked.key)) elsewhere++;
    }
    this.drop(holds);
    for (const parked of found) this.#note(parked);
    this.#elsewhere = elsewhere;
    this.#uncounted = 0;
    this.parts.changed?.();
  }

  /** Forgets the keys of buckets that were let go. */
  drop(holds: (key: string) => boolean): void {
    for (const keys of [this.#keys, this.#inPlace]) for (const key of keys.keys()) if (holds(key)) keys.delete(key);
  }

  /** Tells which keys are not set aside; undefined where none is. */
  takes(): ((key: string) => boolean) | undefined {
    return this.#keys.size === 0 ? undefined : this.#takes;
  }

  /** Notes which keys somebody asks for: what the store has in the states `retry` and `skip`. */
  refresh(asked: readonly ParkedKey[]): void {
    let isNew = false;
    for (const parked of asked) {
      const known = this.#keys.get(parked.key) ?? this.#inPlace.get(parked.key);
      if (parked.subscription !== this.parts.subscription || known?.parked.position !== parked.position) continue;
      if (parked.revision <= known.parked.revision) continue;
      this.#note(parked);
      isNew = true;
    }
    if (isNew) this.parts.changed?.();
  }

  /** Reads some of the keys again: somebody has changed what is stored of them. */
  async reload(keys: readonly string[]): Promise<void> {
    const { subscription, store } = this.parts;
    const found = await store().parked({ subscription, keys, states: ASIDE_STATES });
    for (const key of keys) {
      const parked = found.find((one) => one.key === key);
      if (parked === undefined) this.remove(key);
      else this.set(parked);
    }
  }

  get(key: string): KeyAside | undefined {
    return this.#keys.get(key);
  }

  all(): readonly KeyAside[] {
    return [...this.#keys.values()];
  }

  /**
   * Lists the keys that are to be tried now, those that wait the longest first.
   * @param isHurried whether keys do not wait for their time.
   */
  due(holds: (key: string) => boolean, isHurried: boolean): readonly KeyAside[] {
    const at = now();
    return this.all()
      .filter(({ parked, dueAt }) => (isHurried ? dueAt < Number.POSITIVE_INFINITY : dueAt <= at) && holds(parked.key))
      .sort((a, b) => a.parked.position - b.parked.position);
  }

  /** Notes a key that was set aside, or what has changed about it. */
  set(parked: ParkedKey): void {
    this.#note(parked);
    this.parts.changed?.();
  }

  #note(parked: ParkedKey): void {
    const { inPlace } = recordIn(parked);
    const keys = inPlace === true ? this.#inPlace : this.#keys;
    if (keys === this.#keys) this.#inPlace.delete(parked.key);
    if (!keys.has(parked.key)) this.#uncounted++;
    keys.set(parked.key, { parked, dueAt: this.#dueAt(parked) });
  }

  /** Notes that a key has come back. */
  remove(key: string): void {
    if (this.#keys.delete(key)) this.#returned++;
    this.#inPlace.delete(key);
    this.parts.changed?.();
  }

  /** Notes that others have done events of keys that are not set aside. */
  noteOthers(): void {
    this.#returned++;
  }

  /** Whether any event is repeated where it stands. */
  get hasInPlace(): boolean {
    return this.#inPlace.size > 0;
  }

  /** What is known of the event at a position, where it is repeated where it stands. */
  inPlaceAt(position: number): KeyAside | undefined {
    if (this.#inPlace.size === 0) return undefined;
    for (const repeated of this.#inPlace.values()) if (repeated.parked.position === position) return repeated;
    return undefined;
  }

  /** The same of all events behind `after`, up to `upTo`, of some keys. */
  inPlaceWithin(after: number, upTo: number, holds: ((key: string) => boolean) | undefined): readonly KeyAside[] {
    if (this.#inPlace.size === 0) return NONE;
    return [...this.#inPlace.values()].filter(
      ({ parked: { key, position } }) => position > after && position <= upTo && (holds?.(key) ?? true),
    );
  }

  keysInPlace(holds: ((key: string) => boolean) | undefined): readonly string[] {
    return [...this.#inPlace.keys()].filter((key) => holds?.(key) ?? true);
  }

  /** Notes that an event is not repeated any more. */
  forgetInPlace(key: string): void {
    this.#inPlace.delete(key);
  }

  /** Counts the keys that are set aside, of all servers together; those of others from time to time only. */
  async count(): Promise<number> {
    const { maxKeys } = this.parts;
    if (this.size + this.#elsewhere >= maxKeys || this.#uncounted >= RECOUNT) {
      let elsewhere = 0;
      for await (const { key } of this.#stored()) if (!this.#keys.has(key)) elsewhere++;
      this.#elsewhere = elsewhere;
      this.#uncounted = 0;
    }
    return this.size + this.#elsewhere;
  }

  async *#stored(): AsyncGenerator<ParkedKey> {
    const { subscription, store } = this.parts;
    for (let after: ParkedKey | undefined; ; ) {
      const page = await store().parked({ subscription, states: ASIDE_STATES, limit: PAGE, ...(after && { after }) });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1);
    }
  }

  #dueAt(parked: ParkedKey): number {
    const { state, dueAt = 0 } = parked;
    if (state === "waiting") return now() + Math.min(Math.max(dueAt - Date.now(), 0), this.parts.maxPauseMs);
    if (state === "retry" || state === "skip") return now();
    const record = recordIn(parked);
    const isKnownNow = record.class === "unknown type" && this.parts.knowsType(record.category, record.type);
    return isKnownNow ? now() : Number.POSITIVE_INFINITY;
  }

  readonly #takes = (key: string): boolean => !this.#keys.has(key);
}
