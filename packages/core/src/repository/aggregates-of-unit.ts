import { type AggregateRoot, checkNestedState, lifeOf, observeBirths } from "../elements/aggregate-root";
import { openChangeOf } from "../elements/open-aggregate";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AggregateModel } from "../model/aggregate-model";
import type { Participant } from "../unit-of-work/participant";
import { currentUnit } from "../unit-of-work/units-of-work";
import { nameAndId } from "../wording/in-words";
import type { LiveSave } from "./live-save";

/**
 * The aggregates of a unit of work: one instance for each id, so that two handlers never change two copies, and the saves of
 * those that were added.
 */
export class AggregatesOfUnit implements Participant {
  readonly #instances = new Map<AggregateModel, Map<string, AggregateRoot>>();
  readonly #made = new Set<AggregateRoot>();
  /** Absent in the many units that delete nothing. */
  #deleted: Set<AggregateRoot> | undefined;
  readonly saves = new Map<AggregateRoot, LiveSave>();

  find(model: AggregateModel, id: string): AggregateRoot | undefined {
    return this.#instances.get(model)?.get(id);
  }

  /** Notes an aggregate that was made in the unit and is not added yet. */
  noteMade(aggregate: AggregateRoot): void {
    this.#made.add(aggregate);
  }

  /** Notes an aggregate that the unit deletes: from now on it is not found in the unit. */
  noteDeleted(aggregate: AggregateRoot): void {
    this.#deleted ??= new Set();
    this.#deleted.add(aggregate);
  }

  isDeleted(aggregate: AggregateRoot): boolean {
    return this.#deleted?.has(aggregate) ?? false;
  }

  /** @throws IncorrectUsageError for an aggregate that the unit deletes. */
  refuseDeleted(aggregate: AggregateRoot): void {
    if (this.isDeleted(aggregate))
      throw new IncorrectUsageError(`Cannot add ${nameAndId(aggregate)}: this unit of work has deleted it`);
  }

  /** Lists the aggregates of a class that the unit saves or deletes. */
  savedOf({ type }: AggregateModel): readonly AggregateRoot[] {
    return [...this.saves.keys()].filter((aggregate) => aggregate instanceof type);
  }

  /** @throws IncorrectUsageError when another instance with this id is in the unit already. */
  claim(model: AggregateModel, aggregate: AggregateRoot): void {
    const ofModel = this.#instances.get(model) ?? new Map<string, AggregateRoot>();
    this.#instances.set(model, ofModel);
    const other = ofModel.get(aggregate.id);
    if (other !== undefined && other !== aggregate) {
      if (this.isDeleted(other))
        throw new IncorrectUsageError(
          `Cannot add another ${nameAndId(aggregate)}: this unit of work has deleted the one with this id; add it in the next one`,
        );
      throw new IncorrectUsageError(
        `Cannot add a second instance of ${model.name} ${JSON.stringify(aggregate.id)} to one unit of work`,
      );
    }
    ofModel.set(aggregate.id, aggregate);
  }

  /** @throws IncorrectUsageError for an aggregate with events, or with a changed nested value, that was not added: they would be lost. */
  check(): void {
    for (const ofModel of this.#instances.values()) for (const each of ofModel.values()) this.#checkAdded(each);
    for (const each of this.#made) this.#checkAdded(each);
  }

  #checkAdded(aggregate: AggregateRoot): void {
    const { pending, refusal, change } = lifeOf(aggregate);
    // One that has refused a change, or was refused by add(), cannot be saved: its handler has decided to go on without it.
    if (refusal !== undefined || change === "refused" || this.saves.has(aggregate)) return;
    checkNestedState(aggregate);
    const events = pending.map((event) => event.constructor.name).join(", ");
    const happened = events === "" ? openChangeOf(aggregate) : `has raised ${events}`;
    if (happened === undefined) return;
    throw new IncorrectUsageError(
      `Nothing was stored: ${nameAndId(aggregate)} ${happened} and was not added; call add() of its repository`,
    );
  }
}

observeBirths((aggregate) => currentUnit()?.participant(AggregatesOfUnit).noteMade(aggregate));
