import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { retryConflicts } from "../concurrency/conflict-retry";
import type { StreamTurns, Turn } from "../concurrency/stream-turns";
import { TurnOfUnit } from "../concurrency/turn-of-unit";
import type { AggregateRoot } from "../elements/aggregate-root";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../errors/object-not-found-error";
import { isPromise } from "../errors/returned-promise";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import { answered } from "../ports/answer";
import { checkIdentifier } from "../schema/identifier";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { UnitsOfWork, Work } from "../unit-of-work/units-of-work";
import { nameAndId } from "../wording/in-words";
import { checkSavable, described } from "./aggregate-save";
import { AggregatesOfUnit } from "./aggregates-of-unit";
import type { LiveSave } from "./live-save";

/** What a repository works with, however its aggregates are stored. */
export interface LiveAggregatesParts<A extends AggregateRoot> {
  readonly model: AggregateModel<A>;
  readonly units: UnitsOfWork;
  readonly turns: StreamTurns;
  /** Opens the trust in cached aggregates of one attempt; undefined where nothing is cached. */
  readonly trust: (() => TrustedAggregates) | undefined;
  /** The same for an aggregate that the writer before in line hands over; undefined where a cache keeps them all. */
  readonly trustInLine: (() => TrustedAggregates) | undefined;
  /** How often `update` tries again after a conflict where its caller does not say. */
  readonly retries: number;
}

/** How the aggregates of one class are stored. */
interface Storing<A extends AggregateRoot> {
  /** @returns undefined where there is no such aggregate. */
  load(id: string, trusted: TrustedAggregates | undefined): Answer<A | undefined>;
  /**
   * Throws what keeps an aggregate from being saved, or from being deleted. Not called for one that is saved at once: its save checks it
   * then.
   */
  check?(aggregate: A, what: Change): void;
  /** Enlists in a unit of work what saves an aggregate at its end. */
  enlist(aggregate: A, unit: UnitOfWork): LiveSave;
}

/** What becomes of an aggregate at the end of a unit of work. */
export type Change = "add" | "delete";

/**
 * Finds, saves and changes the aggregates of one class. In a unit of work each aggregate is one instance, which is stored when the unit
 * ends; outside of one a change is stored at once, and is repeated where another writer was faster.
 */
export class LiveAggregates<A extends AggregateRoot> {
  readonly #parts: LiveAggregatesParts<A>;
  readonly #storing: Storing<A>;
  /**
   * The types of commands that have lost a race for the aggregate that they loaded first, and append to it still: they take a turn before
   * they load it.
   */
  readonly #rivals = new Set<string>();
  /** Whether an update has lost a race. */
  #isUpdateRival = false;

  constructor(parts: LiveAggregatesParts<A>, storing: Storing<A>) {
    this.#parts = parts;
    this.#storing = storing;
  }

  /** @throws ObjectNotFoundError */
  get(id: string): Answer<A> {
    return answered(this.find(id), (found) => this.#existing(id, found));
  }

  /** @param trusted the trust of an attempt without unit of work; inside a unit, the unit's. */
  find(id: string, trusted?: TrustedAggregates): Answer<A | undefined> {
    this.checkId(id);
    const { model, turns, units } = this.#parts;
    const unit = units.current?.unit;
    const aggregates = unit?.find(AggregatesOfUnit);
    const known = aggregates?.find(model, id);
    if (known !== undefined) return known.isDeleted ? undefined : (known.aggregate as A);
    const isAlone = unit === undefined || (turns.areIdle && this.#rivals.size === 0);
    const turn = isAlone ? undefined : this.#lineUp(id, unit);
    if (turn !== undefined) return turn.then(() => this.find(id, trusted));
    const loading = this.#storing.load(id, trusted ?? unit?.find(TrustedAggregates));
    return answered(loading, (loaded) => (loaded === undefined ? undefined : this.claimed(loaded)));
  }

  /** Whether the unit of work at hand has an aggregate; undefined where the store has to be asked. */
  isInUnit(id: string): boolean | undefined {
    this.checkId(id);
    const { units, model } = this.#parts;
    const known = units.current?.unit.find(AggregatesOfUnit)?.find(model, id);
    return known && !known.isDeleted;
  }

  /**
   * Makes a loaded aggregate that of the unit of work at hand, unless that has one already.
   * @returns the unit's instance; undefined for one that the unit deletes.
   */
  claimed(loaded: A): A | undefined {
    const { units, model } = this.#parts;
    const unit = units.current?.unit;
    if (unit === undefined) return loaded;
    // Another load of this id may have come back first while this one was waiting.
    const aggregates = unit.participant(AggregatesOfUnit);
    const first = aggregates.find(model, loaded.id);
    if (first !== undefined) return first.isDeleted ? undefined : (first.aggregate as A);
    aggregates.claim(model, loaded);
    return loaded;
  }

  add(aggregate: A): Answer<void> {
    return this.#working(() => this.#save(aggregate, "add", undefined));
  }

  update(id: string, change: (aggregate: A) => unknown, { retries }: { readonly retries?: number }): Promise<A> {
    return this.#repeating(id, retries, async (trusted) => {
      const found = this.find(id, trusted);
      const aggregate = this.#existing(id, found instanceof Promise ? await found : found);
      const changing = change(aggregate);
      if (isPromise(changing)) await changing;
      const saving = this.#save(aggregate, "add", trusted);
      if (saving instanceof Promise) await saving;
      return aggregate;
    });
  }

  /** @param subject an instance, or the id of an aggregate, which is loaded first. */
  delete(subject: A | string): Answer<void> {
    if (typeof subject !== "string") return this.#working(() => this.#save(subject, "delete", undefined));
    return this.#repeating(subject, undefined, async (trusted) => {
      await this.#save(this.#existing(subject, await this.find(subject, trusted)), "delete", trusted);
    });
  }

  /** @throws ObjectNotFoundError where nothing was found. */
  #existing(id: string, found: A | undefined): A {
    if (found === undefined) throw new ObjectNotFoundError({ aggregate: this.#parts.model.name, id });
    return found;
  }

  checkId(id: string): void {
    checkIdentifier(id, this.#parts.model.name);
  }

  /** A unit of work counts as a whole. */
  #working(work: () => Answer<void>): Answer<void> {
    const { units } = this.#parts;
    return units.current === undefined ? units.underWay.during(work) : work();
  }

  /** Makes attempts until one loses no race; inside a unit of work, which commits as a whole, one attempt. */
  async #repeating<T>(
    id: string,
    retries: number | undefined,
    attempt: (trusted: TrustedAggregates | undefined) => Promise<T>,
  ): Promise<T> {
    this.checkId(id);
    const { units, turns, trust, trustInLine, model } = this.#parts;
    if (units.current !== undefined) return await attempt(undefined);
    const { stream } = streamOf(model.category, id);
    const limits = { retries: retries ?? this.#parts.retries, turns, stream, isRival: this.#isUpdateRival };
    const attemptTrusting = (mayTrust: boolean, turn: Turn | undefined) => {
      if (turn !== undefined) this.#isUpdateRival = true;
      const opened = trust ?? (turn?.hasWaited ? trustInLine : undefined);
      const trusted = mayTrust ? opened?.() : undefined;
      return trusted === undefined ? attempt(undefined) : trusted.judge(() => attempt(trusted));
    };
    return await units.underWay.during(() => retryConflicts(attemptTrusting, limits));
  }

  /** Where others of this process take turns at the stream, a load that did not wait for its turn would lose to them. */
  #lineUp(id: string, unit: UnitOfWork): Promise<void> | undefined {
    const { model, turns, units, trustInLine } = this.#parts;
    const { stream } = streamOf(model.category, id);
    const { cause, signal, mayTrust } = units.current as Work;
    const type = unit.find(AggregatesOfUnit) === undefined ? cause.commands.at(-1)?.type : undefined;
    const known = unit.find(TurnOfUnit);
    if (known !== undefined) {
      if (type !== undefined && known.lostAt === stream) this.#rivals.add(type);
      return undefined;
    }
    let waiting: Promise<void> | undefined;
    if (type !== undefined && this.#rivals.has(type)) {
      const onlyRead = () => void this.#rivals.delete(type);
      waiting = unit.participant(TurnOfUnit).begin(stream, { turns, signal, onlyRead });
    } else if (turns.isContested(stream)) {
      waiting = unit.participant(TurnOfUnit).lineUp(stream, turns, signal);
    }
    if (waiting === undefined || trustInLine === undefined || !mayTrust) return waiting;
    return waiting.then(() => void unit.enlistAs(TrustedAggregates, trustInLine()));
  }

  /** @returns at once within a unit of work, which stores the aggregate when it ends. */
  #save(aggregate: A, what: Change, trusted: TrustedAggregates | undefined): Answer<void> {
    const { model, units } = this.#parts;
    if (!(aggregate instanceof model.type)) {
      const place = what === "add" ? "to the repository" : "in the repository";
      throw new IncorrectUsageError(`Cannot ${what} ${inWords(aggregate)} ${place} of ${model.name}`);
    }
    const { current } = units;
    if (current !== undefined) return this.#enlist(aggregate, what, current);
    const opened = trusted && ((unit: UnitOfWork) => void unit.enlistAs(TrustedAggregates, trusted));
    const isAtOnce = what === "add";
    return units.run(() => this.#enlist(aggregate, what, units.current as Work, isAtOnce), { opened });
  }

  #enlist(aggregate: A, what: Change, { unit, cause, refusal }: Work, isAtOnce = false): void {
    if (refusal !== undefined) throw refusal();
    if (unit.isEnded) {
      throw new IncorrectUsageError(
        `Cannot ${what} ${described(aggregate)}: its unit of work has ended; await everything that a handler starts`,
      );
    }
    checkSavable(aggregate);
    if (!isAtOnce) this.#storing.check?.(aggregate, what);
    const claimed = unit.participant(AggregatesOfUnit).claim(this.#parts.model, aggregate);
    if (what === "add" && claimed.isDeleted)
      throw new IncorrectUsageError(`Cannot add ${nameAndId(aggregate)}: this unit of work has deleted it`);
    claimed.save ??= this.#storing.enlist(aggregate, unit);
    claimed.save.attribute(cause);
    if (what === "add") return;
    claimed.save.delete?.();
    claimed.isDeleted = true;
  }
}

function inWords(value: unknown): string {
  if (typeof value === "function") return `the class ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an instance of ${value.constructor?.name ?? "no class"}`;
}
