import type { Operation } from "@tidemark/core/adapter";

import type { OpenStore } from "./open-store";

/** Applies operations inside a transaction that somebody else starts and commits, or throws and leaves the rest undone. */
export function applyOperations(store: OpenStore, operations: readonly Operation[]): void {
  store.readModels.apply(operations);
  for (const operation of operations) apply(store, operation);
}

function apply(store: OpenStore, operation: Operation): void {
  const { ownStatements, checkpoints, parkedKeys, inbox, timers, commandQueue, states } = store;
  switch (operation.kind) {
    case "upsertRows":
    case "deleteRows":
      break;
    case "runStatement":
      ownStatements.run(operation);
      break;
    case "moveCheckpoint":
      checkpoints.move(operation);
      break;
    case "replaceCheckpoints":
      checkpoints.replace(operation);
      break;
    case "putParked":
      parkedKeys.put(operation);
      break;
    case "removeParked":
      parkedKeys.remove(operation);
      break;
    case "receiveMessage":
      inbox.receive(operation);
      break;
    case "setTimer":
      timers.set(operation);
      break;
    case "removeTimer":
      timers.remove(operation);
      break;
    case "enqueue":
      commandQueue.add(operation);
      break;
    case "settleEntry":
      commandQueue.settle(operation);
      break;
    case "putState":
      states.put(operation.state, operation.expectedVersion);
      break;
    case "deleteState":
      states.delete(operation.stream, operation.expectedVersion);
      break;
  }
}
