import { ExpectedVersionError } from "../../errors/expected-version-error";
import { streamOf } from "../../event-store/stream-names";
import type { AggregateModel } from "../../model/aggregate-model";
import type { OperationStores } from "../../ports/operation-stores";
import type { StoredState } from "../../ports/state-store";
import type { StreamRef } from "../../ports/stored-message";
import type { StoredShape } from "./stored-shape";

/** The stored shapes of aggregate classes, one record a class. */
export class StoredShapes {
  constructor(private readonly operations: Pick<OperationStores, "flush" | "states">) {}

  async of(model: AggregateModel): Promise<StoredShape | undefined> {
    const stored = await this.#load(model);
    return stored && (JSON.parse(stored.data) as StoredShape);
  }

  /**
   * Changes the record of a class. Another process may change it at the same time.
   * @param changed makes the new record of the present one; it is called again where that was changed meanwhile.
   */
  async change(model: AggregateModel, changed: (stored: StoredShape | undefined) => StoredShape): Promise<void> {
    for (;;) {
      const stored = await this.#load(model);
      const data = JSON.stringify(changed(stored && (JSON.parse(stored.data) as StoredShape)));
      if (data === stored?.data) return;
      const version = (stored?.version ?? -1) + 1;
      const state = { ...refOf(model), version, data };
      try {
        return await this.operations.flush([{ kind: "putState", state, expectedVersion: version - 1 }]);
      } catch (error) {
        if (!(error instanceof ExpectedVersionError)) throw error;
      }
    }
  }

  async #load(model: AggregateModel): Promise<StoredState | undefined> {
    return await this.operations.states.load(refOf(model));
  }
}

/** `fidelis::customer:rows-shape` */
function refOf({ category }: AggregateModel): StreamRef {
  return streamOf(`${category}:rows`, "shape");
}
