import { refusedSwitch, type TableSwitch } from "@tidemark/core/adapter";

import { applyOperations } from "./apply-operations";
import type { OpenStore } from "./open-store";
import { transaction } from "./transaction";

/**
 * Puts a table in the place of another one, inside a transaction that is open: no writer is under way then.
 *
 * @throws OperationConflictError where an operation is refused, or events lie behind `upTo`; nothing is changed then.
 */
export function switchTable(store: OpenStore, change: TableSwitch): void {
  const { upTo, also } = change;
  const end = Math.max(0, ...(upTo?.categories ?? []).map((category) => store.global.lastPosition(category)));
  if (upTo !== undefined && end > upTo.position) throw refusedSwitch(change, end);
  transaction(store.database, () => {
    store.readModels.switch(change);
    applyOperations(store, also);
  });
}
