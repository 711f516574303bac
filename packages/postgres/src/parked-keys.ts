import type { OperationConflictError } from "@tidemark/core";
import {
  type Operation,
  type ParkedFilter,
  type ParkedKey,
  type PutParked,
  type RemoveParked,
  refusedParked,
} from "@tidemark/core/adapter";

import { bigintArray, bytesArray, integerArray, textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import type { Refusal } from "./refused-operation";
import { READ } from "./unavailable";
import type { Call, Parameter, Row, Statement } from "./work";

/** Keys that are set aside, in the table `parked_keys`. */
export class ParkedKeys {
  private readonly statement: Statement;

  constructor(
    private readonly connections: Connections,
    private readonly schema: string,
  ) {
    this.statement = {
      name: "write_parked",
      text: `SELECT ${schema}.write_parked($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    };
  }

  async read(filter: ParkedFilter): Promise<readonly ParkedKey[]> {
    const { statement, values } = readCall(this.schema, filter);
    return (await this.connections.run(READ, statement, values)).map(parkedOf);
  }

  /** The statement that puts and removes all keys of these operations. */
  calls(operations: readonly Operation[]): readonly Call[] {
    const changes = changesIn(operations);
    if (changes.length === 0) return [];
    const places = changes.map(placeOf);
    const parked = changes.map((change) => (change.kind === "putParked" ? change.parked : undefined));
    const values = [
      textArray(places.map(({ subscription }) => subscription)),
      textArray(places.map(({ key }) => key)),
      bigintArray(places.map(({ position }) => position)),
      textArray(parked.map((each) => each?.state ?? null)),
      integerArray(parked.map((each) => each?.attempts ?? null)),
      bigintArray(parked.map((each) => each?.dueAt ?? null)),
      textArray(parked.map((each) => each?.data ?? null)),
      bytesArray(parked.map((each) => each?.payload ?? null)),
      bigintArray(changes.map(({ expected }) => expected)),
    ];
    return [{ statement: this.statement, values }];
  }
}

export function parkedRefusal({ number, revision }: Refusal, operations: readonly Operation[]): OperationConflictError {
  const change = changesIn(operations)[number - 1]!;
  return refusedParked(placeOf(change), change.expected, revision === null ? null : Number(revision));
}

function changesIn(operations: readonly Operation[]): readonly (PutParked | RemoveParked)[] {
  return operations.filter((operation) => operation.kind === "putParked" || operation.kind === "removeParked");
}

function placeOf(change: PutParked | RemoveParked): Pick<ParkedKey, "subscription" | "key" | "position"> {
  return change.kind === "putParked" ? change.parked : change;
}

const COLUMNS = "subscription, key, position, state, attempts, due_at, revision, data, payload";

function parkedOf([subscription, key, position, state, attempts, dueAt, revision, data, payload]: Row): ParkedKey {
  return {
    subscription: subscription!,
    key: key!,
    position: Number(position),
    state: state as ParkedKey["state"],
    attempts: Number(attempts),
    ...(dueAt != null && { dueAt: Number(dueAt) }),
    revision: Number(revision),
    data: data!,
    ...(payload != null && { payload: Uint8Array.from(Buffer.from(payload.slice(2), "hex")) }),
  };
}

/**
 * Makes a statement of the conditions that a filter has: of few forms, each prepared once. Keys in a state are looked up in the index
 * of the states, since servers ask every second for those that somebody wants to be tried again. A state is compared as a range, so
 * that this index is the only one in the order that is asked for.
 */
export function readCall(schema: string, { subscription, keys, states, after, limit }: ParkedFilter): Call {
  const values: Parameter[] = [];
  const parameter = (value: Parameter, type: string) => `$${values.push(value)}::${type}`;
  const form: string[] = [];
  const conditions: string[] = [];
  const where = (name: string, condition: string) => {
    form.push(name);
    conditions.push(condition);
  };
  if (subscription !== undefined) where("of", `p.subscription = ${parameter(subscription, "text")}`);
  if (keys !== undefined) where("keys", `p.key = ANY (${parameter(textArray(keys), "text[]")})`);
  if (after !== undefined) {
    const place = [
      parameter(after.subscription, "text"),
      parameter(after.key, "text"),
      parameter(after.position, "bigint"),
    ];
    where("after", `(p.subscription, p.key, p.position) > (${place.join(", ")})`);
  }
  // NULL is no limit.
  const most = parameter(limit ?? null, "bigint");
  const from = `FROM ${schema}.parked_keys p`;
  const inOrder = "subscription, key, position";
  let text = `SELECT ${COLUMNS} ${from} WHERE ${["true", ...conditions].join(" AND ")} ORDER BY ${inOrder} LIMIT ${most}`;
  if (states !== undefined) {
    form.push("states");
    const ofState = ["p.state >= s.state", "p.state <= s.state", ...conditions].join(" AND ");
    text = `
      SELECT ${COLUMNS} FROM unnest(${parameter(textArray([...new Set(states)]), "text[]")}) AS s (state) CROSS JOIN LATERAL (
        SELECT ${COLUMNS.replace("state", "p.state AS found_state")} ${from} WHERE ${ofState}
        ORDER BY p.state, p.subscription, p.key, p.position LIMIT ${most}
      ) AS found ORDER BY ${inOrder} LIMIT ${most}`;
  }
  return { statement: { name: ["read_parked", ...form].join("_"), text }, values };
}
