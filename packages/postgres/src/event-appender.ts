import { type AppendedStream, type AppendRequest, ExpectedVersionError } from "@tidemark/core";
import { DatabaseError } from "pg";

import { AppendRefusal, refuseRepeatedIds } from "./append-refusal";
import { ANY_VERSION, appendMany, appendOne, parametersOfMany, parametersOfOne } from "./append-statements";
import type { Connections, Parameter, Row, Statement } from "./connections";
import { APPEND, unavailable } from "./unavailable";

const DIVISION_BY_ZERO = "22012";
const DEADLOCK = "40P01";

/** Writers that name no version give way to one another; each round one of them gets through. */
const MAX_ROUNDS = 1_000;

/**
 * Appends any number of events to any number of streams in one round trip, in a statement that commits itself.
 *
 * No lock is taken and held through the commit: writers of different streams share its flush. The primary key on
 * (stream, position) is the judge between writers of the same stream.
 */
export class EventAppender {
  private readonly one: Statement;
  private readonly many: Statement;
  private readonly refusal: AppendRefusal;

  constructor(
    private readonly connections: Connections,
    schema: string,
    private readonly description: string,
  ) {
    this.one = appendOne(schema);
    this.many = appendMany(schema);
    this.refusal = new AppendRefusal(connections, schema);
  }

  /** @returns what the port says, and whether somebody listens for new events. */
  async append(requests: readonly AppendRequest[]): Promise<{ appended: readonly AppendedStream[]; heard: boolean }> {
    refuseRepeatedIds(requests);
    const [statement, values] = this.prepared(requests);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const outcome = await this.attempt(statement, values);
      if (outcome !== undefined) {
        const [, , last, , heard] = outcome[0]!;
        if (last !== null) return { appended: appendedOf(requests, outcome), heard: heard === "t" };
        this.refuseStale(requests, outcome);
      }
      const before = await this.refusal.explain(requests);
      if (before !== undefined) return { appended: before, heard: false };
    }
    throw unavailable(APPEND, this.description, new Error("other writers were always first"));
  }

  private prepared(requests: readonly AppendRequest[]): readonly [Statement, readonly Parameter[]] {
    const single = requests.length === 1 && requests[0]!.messages.length === 1;
    return single ? [this.one, parametersOfOne(requests[0]!)] : [this.many, parametersOfMany(requests)];
  }

  /** @returns undefined when others stored some of the positions in the meantime, so that nothing was stored here. */
  private async attempt(statement: Statement, values: readonly Parameter[]): Promise<readonly Row[] | undefined> {
    try {
      return await this.connections.perform(statement, values);
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : undefined;
      if (code === DIVISION_BY_ZERO || code === DEADLOCK) return undefined;
      throw unavailable(APPEND, this.description, error);
    }
  }

  /** Spares the look at what is stored when the statement has told all there is to say. */
  private refuseStale(requests: readonly AppendRequest[], outcome: readonly Row[]): void {
    for (const [index, { stream, expectedVersion: expected = ANY_VERSION }] of requests.entries()) {
      const [, head, , idsKnown] = outcome[index]!;
      const actual = Number(head);
      if (idsKnown === "t") return;
      if (expected !== ANY_VERSION && expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
    }
  }
}

function appendedOf(requests: readonly AppendRequest[], outcome: readonly Row[]): AppendedStream[] {
  return requests.map(({ stream, messages }, index) => {
    const [, head, last] = outcome[index]!;
    return { stream, version: Number(head) + messages.length, globalPosition: Number(last) };
  });
}
