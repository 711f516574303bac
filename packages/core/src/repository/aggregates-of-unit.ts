import { type AggregateRoot, checkNestedState, lifeOf, observeBirths } from "../elements/aggregate-root";
import { openChangeOf } from "../elements/open-aggregate";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AggregateModel } from "../model/aggregate-model";
import type { Participant } from "../unit-of-work/participant";
import { currentUnit } from "../unit-of-work/units-of-work";
import { nameAndId } from "../wording/in-words";
import type { LiveSave } from "./live-save";

/** An aggregate that a unit of work has in hand. */
interface AggregateOfUnit {
  readonly model: AggregateModel;
  readonly aggregate: AggregateRoot;
  /** What saves it at the end of the unit; undefined for one that was not added. */
  save: LiveSave | undefined;
  isDeleted: boolean;
  /** Another one with the same id, of another class. */
  other: AggregateOfUnit | undefined;
}

/** Up to so many aggregates are looked through one by one, which is faster than a map of them: most units have one. */
const FEW = 8;

/**
 * The aggregates of a unit of work: one instance for each id, so that two handlers never change two copies, and the saves of
 * those that were added.
 */
export class AggregatesOfUnit implements Participant {
  readonly #all: AggregateOfUnit[] = [];
  /** Absent while they are few. */
  #byId: Map<string, AggregateOfUnit> | undefined;
  /** Those that were made in the unit; absent in the many units that make none. */
  #made: AggregateRoot[] | undefined;

  find(model: AggregateModel, id: string): Readonly<AggregateOfUnit> | undefined {
    if (this.#byId === undefined) return this.#all.find((one) => one.model === model && one.aggregate.id === id);
    let one = this.#byId.get(id);
    while (one !== undefined && one.model !== model) one = one.other;
    return one;
  }

  /** Notes an aggregate that was made in the unit and is not added yet. */
  noteMade(aggregate: AggregateRoot): void {
    this.#made ??= [];
    this.#made.push(aggregate);
  }

  /** Lists the aggregates of a class that the unit saves or deletes. */
  savedOf({ type }: AggregateModel): readonly AggregateRoot[] {
    return this.#all.flatMap(({ aggregate, save }) =>
      save !== undefined && aggregate instanceof type ? [aggregate] : [],
    );
  }

  /**
   * Makes an aggregate one of the unit.
   * @throws IncorrectUsageError when another instance with this id is in the unit already.
   */
  claim(model: AggregateModel, aggregate: AggregateRoot): AggregateOfUnit {
    const { id } = aggregate;
    const known = this.find(model, id);
    if (known === undefined)
      return this.#add({ model, aggregate, save: undefined, isDeleted: false, other: undefined });
    if (known.aggregate === aggregate) return known;
    if (known.isDeleted)
      throw new IncorrectUsageError(
        `Cannot add another ${nameAndId(aggregate)}: this unit of work has deleted the one with this id; add it in the next one`,
      );
    throw new IncorrectUsageError(
      `Cannot add a second instance of ${model.name} ${JSON.stringify(id)} to one unit of work`,
    );
  }

  /** @throws IncorrectUsageError for an aggregate with events, or with a changed nested value, that was not added: they would be lost. */
  check(): void {
    for (const { aggregate, save } of this.#all) if (save === undefined) checkUnchanged(aggregate);
    for (const aggregate of this.#made ?? []) if (!this.#isSaved(aggregate)) checkUnchanged(aggregate);
  }

  #add(one: AggregateOfUnit): AggregateOfUnit {
    this.#all.push(one);
    if (this.#byId !== undefined) addTo(this.#byId, one);
    else if (this.#all.length > FEW) {
      this.#byId = new Map();
      for (const each of this.#all) addTo(this.#byId, each);
    }
    return one;
  }

  #isSaved(made: AggregateRoot): boolean {
    if (this.#byId === undefined)
      return this.#all.some(({ aggregate, save }) => aggregate === made && save !== undefined);
    let one = this.#byId.get(made.id);
    while (one !== undefined && one.aggregate !== made) one = one.other;
    return one?.save !== undefined;
  }
}

function addTo(byId: Map<string, AggregateOfUnit>, one: AggregateOfUnit): void {
  const { id } = one.aggregate;
  one.other = byId.get(id);
  byId.set(id, one);
}

function checkUnchanged(aggregate: AggregateRoot): void {
  const { pending, refusal, change } = lifeOf(aggregate);
  // One that has refused a change, or was refused by add(), cannot be saved: its handler has decided to go on without it.
  if (refusal !== undefined || change === "refused") return;
  checkNestedState(aggregate);
  const events = pending.map((event) => event.constructor.name).join(", ");
  const happened = events === "" ? openChangeOf(aggregate) : `has raised ${events}`;
  if (happened === undefined) return;
  throw new IncorrectUsageError(
    `Nothing was stored: ${nameAndId(aggregate)} ${happened} and was not added; call add() of its repository`,
  );
}

observeBirths((aggregate) => currentUnit()?.participant(AggregatesOfUnit).noteMade(aggregate));
