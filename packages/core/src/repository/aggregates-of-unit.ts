import type { AggregateRoot } from "../elements/aggregate-root";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AggregateModel } from "../model/aggregate-model";
import type { AggregateSave } from "./aggregate-save";

/**
 * The aggregates of a unit of work: one instance for each id, so that two handlers never change two copies, and the saves of
 * those that were added.
 */
export class AggregatesOfUnit {
  readonly #instances = new Map<AggregateModel, Map<string, AggregateRoot>>();
  readonly saves = new Map<AggregateRoot, Pick<AggregateSave, "attribute">>();

  find(model: AggregateModel, id: string): AggregateRoot | undefined {
    return this.#instances.get(model)?.get(id);
  }

  /** @throws IncorrectUsageError when another instance with this id is in the unit already. */
  claim(model: AggregateModel, aggregate: AggregateRoot): void {
    const ofModel = this.#instances.get(model) ?? new Map<string, AggregateRoot>();
    this.#instances.set(model, ofModel);
    const other = ofModel.get(aggregate.id);
    if (other !== undefined && other !== aggregate) {
      throw new IncorrectUsageError(
        `Cannot add a second instance of ${model.name} ${JSON.stringify(aggregate.id)} to one unit of work`,
      );
    }
    ofModel.set(aggregate.id, aggregate);
  }
}
