import type { OperationConflictError } from "@tidemark/core";
import {
  type Checkpoint,
  type MoveCheckpoint,
  type NewCheckpoint,
  type Operation,
  type ReplaceCheckpoints,
  refusedCheckpoint,
  refusedReplacement,
} from "@tidemark/core/adapter";

import { bigintArray, integerArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { Refusal } from "./refused-operation";
import { READ, WRITE } from "./unavailable";
import type { Call, Row, Statement } from "./work";

/** How far subscriptions have read, in the table `checkpoints`. */
export class Checkpoints {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async lay(checkpoints: readonly NewCheckpoint[]): Promise<void> {
    if (checkpoints.length === 0) return;
    await this.connections.run(WRITE, this.statements.lay, [
      textArray(checkpoints.map(({ subscription }) => subscription)),
      integerArray(checkpoints.map(({ bucket }) => bucket)),
      bigintArray(checkpoints.map(({ position }) => position)),
    ]);
  }

  async of(subscription: string): Promise<readonly Checkpoint[]> {
    const rows = await this.connections.run(READ, this.statements.read, [subscription]);
    return rows.map((row) => checkpointOf(subscription, row));
  }

  async subscriptions(): Promise<readonly string[]> {
    return (await this.connections.run(READ, this.statements.names, [])).map(([name]) => name!);
  }

  async raiseGeneration(subscription: string, bucket: number): Promise<Checkpoint | undefined> {
    const [row] = await this.connections.run(WRITE, this.statements.raise, [subscription, bucket]);
    return row && checkpointOf(subscription, row);
  }

  /** The statements that move and replace all checkpoints of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const [moves, replacements] = [movesIn(operations), replacementsIn(operations)];
    const calls: Call[] = [];
    if (moves.length > 0) calls.push({ statement: this.statements.move, values: valuesOf(moves) });
    if (replacements.length > 0)
      calls.push({ statement: this.statements.replace, values: [JSON.stringify(replacements.map(described))] });
    return calls;
  }
}

export function checkpointRefusal(refusal: Refusal, operations: readonly Operation[]): OperationConflictError {
  const { position, generation } = refusal;
  const stored = position === null ? undefined : { position: Number(position), generation: Number(generation) };
  return refusedCheckpoint(movesIn(operations)[refusal.number - 1]!, stored);
}

export function replacementRefusal(refusal: Refusal, operations: readonly Operation[]): OperationConflictError {
  const stored = JSON.parse(String(refusal.stored)) as readonly (readonly [number, number, number])[];
  return refusedReplacement(
    replacementsIn(operations)[refusal.number - 1]!,
    stored.map(([bucket, position, generation]) => ({ bucket, position, generation })),
  );
}

/** Makes a checkpoint of the columns bucket, position and generation. */
export function checkpointOf(subscription: string, [bucket, position, generation]: Row): Checkpoint {
  return { subscription, bucket: Number(bucket), position: Number(position), generation: Number(generation) };
}

function movesIn(operations: readonly Operation[]): readonly MoveCheckpoint[] {
  return operations.filter((operation) => operation.kind === "moveCheckpoint");
}

function replacementsIn(operations: readonly Operation[]): readonly ReplaceCheckpoints[] {
  return operations.filter((operation) => operation.kind === "replaceCheckpoints");
}

function valuesOf(moves: readonly MoveCheckpoint[]): readonly Buffer[] {
  return [
    textArray(moves.map(({ subscription }) => subscription)),
    integerArray(moves.map(({ bucket }) => bucket)),
    bigintArray(moves.map(({ from }) => from)),
    bigintArray(moves.map(({ to }) => to)),
    bigintArray(moves.map(({ generation }) => generation)),
  ];
}

/** As `replace_checkpoints` takes it. */
function described({ subscription, expected, checkpoints }: ReplaceCheckpoints) {
  const byBucket = expected.toSorted((a, b) => a.bucket - b.bucket);
  return {
    subscription,
    expected: byBucket.map(({ bucket, position, generation }) => [bucket, position, generation]),
    checkpoints: checkpoints.map(({ bucket, position }) => [bucket, position]),
  };
}

function statementsFor(schema: string) {
  const checkpoints = `${schema}.checkpoints`;
  return {
    lay: {
      name: "lay_checkpoints",
      text: `
        INSERT INTO ${checkpoints} (subscription, bucket, position)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS c (subscription, bucket, position)
        ORDER BY c.subscription COLLATE "C", c.bucket
        ON CONFLICT (subscription, bucket) DO NOTHING`,
    },
    read: {
      name: "read_checkpoints",
      text: `SELECT bucket, position, generation FROM ${checkpoints} WHERE subscription = $1 ORDER BY bucket`,
    },
    names: {
      name: "read_subscriptions",
      text: `SELECT DISTINCT subscription FROM ${checkpoints} ORDER BY subscription`,
    },
    raise: {
      name: "raise_generation",
      text: `
        UPDATE ${checkpoints} SET generation = generation + 1 WHERE subscription = $1 AND bucket = $2
        RETURNING bucket, position, generation`,
    },
    move: { name: "move_checkpoints", text: `SELECT ${schema}.move_checkpoints($1, $2, $3, $4, $5)` },
    replace: { name: "replace_checkpoints", text: `SELECT ${schema}.replace_checkpoints($1)` },
  } satisfies Record<string, Statement>;
}
