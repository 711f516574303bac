import type { ExpectedVersionError } from "@tidemark/core";
import {
  type DeleteState,
  type Operation,
  type PutState,
  refusedState,
  type StateStore,
  type StoredState,
  type StreamPage,
  type StreamRef,
} from "@tidemark/core/adapter";

import { bigintArray, smallintArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { Refusal } from "./refused-operation";
import { slotOf } from "./slot";
import { READ } from "./unavailable";
import type { Call, Row, Statement } from "./work";

/** The states of process managers, and of aggregates that are stored as they are, in the table `states`. */
export class PostgresStates implements StateStore {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async load({ stream }: StreamRef): Promise<StoredState | undefined> {
    const [row] = await this.connections.run(READ, this.statements.load, [stream]);
    return row && stateOf(row);
  }

  async loadAll(streams: readonly StreamRef[]): Promise<readonly StoredState[]> {
    if (streams.length === 0) return [];
    const values = [textArray(streams.map(({ stream }) => stream))];
    return (await this.connections.run(READ, this.statements.loadAll, values)).map(stateOf);
  }

  async list(category: string, { after, limit }: StreamPage): Promise<readonly StoredState[]> {
    const rows = await this.connections.run(READ, this.statements.list, [category, after ?? "", limit]);
    return rows.map(stateOf);
  }

  /** The statement that stores and deletes all states of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const changes = changesIn(operations);
    if (changes.length === 0) return [];
    const states = changes.map((change) => (change.kind === "putState" ? change.state : undefined));
    const values = [
      textArray(changes.map(streamOf)),
      textArray(states.map((state) => state?.category ?? null)),
      smallintArray(states.map((state) => (state === undefined ? null : slotOf(state)))),
      bigintArray(states.map((state) => state?.version ?? null)),
      textArray(states.map((state) => state?.data ?? null)),
      bigintArray(changes.map(({ expectedVersion }) => expectedVersion)),
    ];
    return [{ statement: this.statements.write, values }];
  }
}

export function stateRefusal({ number, version }: Refusal, operations: readonly Operation[]): ExpectedVersionError {
  const change = changesIn(operations)[number - 1]!;
  return refusedState(streamOf(change), change.expectedVersion, version === null ? -1 : Number(version));
}

function changesIn(operations: readonly Operation[]): readonly (PutState | DeleteState)[] {
  return operations.filter((operation) => operation.kind === "putState" || operation.kind === "deleteState");
}

function streamOf(change: PutState | DeleteState): string {
  return change.kind === "putState" ? change.state.stream : change.stream;
}

function stateOf([stream, category, version, data]: Row): StoredState {
  return { stream: stream!, category: category!, version: Number(version), data: data! };
}

function statementsFor(schema: string) {
  const select = `SELECT stream, category, version, data FROM ${schema}.states`;
  return {
    load: { name: "load_state", text: `${select} WHERE stream = $1` },
    loadAll: { name: "load_states", text: `${select} WHERE stream = ANY ($1::text[])` },
    // As a range, a category is in the order of one index only: that of its streams.
    list: {
      name: "list_states",
      text: `${select} WHERE (category, stream) > ($1, $2) AND category <= $1 ORDER BY category, stream LIMIT $3`,
    },
    write: { name: "write_states", text: `SELECT ${schema}.write_states($1, $2, $3, $4, $5, $6)` },
  } satisfies Record<string, Statement>;
}
