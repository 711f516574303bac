import type { QueueEntry, QueuePage } from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import { BY_STATE } from "./queue-indexes";
import type { Call, Parameter, Row } from "./work";

/** In the order in which `entryOf` takes them. */
const COLUMNS = [
  ...[
    "id",
    "lane",
    "type",
    "priority",
    "due_at",
    "expires_at",
    "line",
    "number",
    "state",
    "attempts",
    "claims",
    "begins",
  ],
  ...["revision", "claimed_by", "claimed_until", "data", "outcome", "finished_at"],
];

export const ENTRY_COLUMNS = COLUMNS.join(", ");

export function entryOf(row: Row): QueueEntry {
  const [id, lane, type, priority, dueAt, expiresAt, line, number, state, attempts, claims, begins, ...rest] = row;
  const [revision, claimedBy, claimedUntil, data, outcome, finishedAt] = rest;
  return {
    id: id!,
    lane: lane!,
    type: type!,
    priority: Number(priority),
    dueAt: Number(dueAt),
    ...(expiresAt != null && { expiresAt: Number(expiresAt) }),
    ...(line != null && { line }),
    number: Number(number),
    state: state as QueueEntry["state"],
    attempts: Number(attempts),
    claims: Number(claims),
    begins: Number(begins),
    revision: Number(revision),
    ...(claimedBy != null && { claimedBy }),
    ...(claimedUntil != null && { claimedUntil: Number(claimedUntil) }),
    data: data!,
    ...(outcome != null && { outcome }),
    ...(finishedAt != null && { finishedAt: Number(finishedAt) }),
  };
}

/**
 * Makes a statement of the conditions that a page has: of few forms, each prepared once. A line is read by itself, and entries in some
 * states are looked up in the index of the states, since those that are parked may be few among many. A state is compared as a range, so
 * that this index is the only one in the order that is asked for.
 */
export function listCall(schema: string, { states, lanes, types, line, after, limit }: QueuePage): Call {
  const values: Parameter[] = [];
  const parameter = (value: Parameter, type: string) => `$${values.push(value)}::${type}`;
  const form: string[] = [];
  const conditions: string[] = [];
  const where = (name: string, condition: string) => {
    form.push(name);
    conditions.push(condition);
  };
  if (lanes !== undefined) where("lanes", `q.lane = ANY (${parameter(textArray(lanes), "text[]")})`);
  if (types !== undefined) where("types", `q.type = ANY (${parameter(textArray(types), "text[]")})`);
  if (after !== undefined) where("after", `q.id > ${parameter(after, "text")}`);
  const most = parameter(limit, "bigint");
  const asked = states && parameter(textArray([...new Set(states)]), "text[]");
  const queue = `${schema}.command_queue`;
  const page = (from: string, condition: readonly string[]) =>
    `SELECT ${ENTRY_COLUMNS} FROM ${from} WHERE ${["true", ...condition].join(" AND ")} ORDER BY id LIMIT ${most}`;
  const callOf = (of: readonly string[], text: string): Call => ({
    statement: { name: ["list_entries", ...of, ...form].join("_"), text },
    values,
  });
  if (line !== undefined) {
    const ofLine = `SELECT * FROM ${queue} WHERE line = ${parameter(line, "text")}`;
    const inStates = asked === undefined ? [] : [`q.state = ANY (${asked})`];
    const of = ["line", ...(asked === undefined ? [] : ["states"])];
    return callOf(of, `WITH q AS MATERIALIZED (${ofLine}) ${page("q", [...inStates, ...conditions])}`);
  }
  if (asked === undefined) return callOf([], page(`${queue} q`, conditions));
  const ofState = [BY_STATE, "q.state >= s.state", "q.state <= s.state", ...conditions].join(" AND ");
  const found = `
    (SELECT found.* FROM unnest(${asked}) AS s (state) CROSS JOIN LATERAL (
      SELECT q.* FROM ${queue} q WHERE ${ofState} ORDER BY q.state, q.id LIMIT ${most}
    ) AS found) AS found`;
  return callOf(["states"], page(found, []));
}
