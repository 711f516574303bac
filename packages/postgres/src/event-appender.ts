import type { DomainError } from "@tidemark/core";
import { type AppendedStream, type AppendRequest, type Operation, takenId } from "@tidemark/core/adapter";

import { AppendRefusal } from "./append-refusal";
import {
  appendOne,
  appendToStream,
  appendToStreams,
  orRefused,
  parametersOfOne,
  parametersOfStream,
  parametersOfStreams,
} from "./append-statements";
import type { Connections } from "./connections";
import type { PostgresOperationStore } from "./operation-store";
import { refusalIn } from "./refused-operation";
import { sharedAppends } from "./shared-appends";
import { APPEND, isChangedTable, isDeadlock, isUniqueViolation } from "./unavailable";
import type { Call, Row, Sharing, Statement } from "./work";

/** Writers that name no version compete with one another; in each round one of them succeeds. */
const MAX_ROUNDS = 1_000;

/** What one attempt to append came to. */
interface Attempt {
  /** A row for each event; none when nothing was stored. */
  readonly rows: readonly Row[];
  /** Set when an operation was refused that was to commit with the events. */
  readonly refusal?: DomainError | undefined;
}

const NOTHING_STORED: Attempt = { rows: [] };

/**
 * Appends any number of events to any number of streams in one round trip: in a statement that commits itself, or
 * together with the statements of operations as one transaction.
 *
 * No lock on a stream is taken and held through the commit: writers of different streams share its flush. The primary key on
 * (stream, position) decides between writers of the same stream.
 */
export class EventAppender {
  private readonly one: Statement;
  private readonly toStream: Statement;
  private readonly toStreams: Statement;
  private readonly orRefused: ReadonlyMap<Statement, Statement>;
  private readonly sharing: Sharing;
  private readonly refusal: AppendRefusal;

  constructor(
    private readonly connections: Connections,
    private readonly operations: PostgresOperationStore,
    schema: string,
  ) {
    this.one = appendOne(schema);
    this.toStream = appendToStream(schema);
    this.toStreams = appendToStreams(schema);
    const all = [this.one, this.toStream, this.toStreams];
    this.orRefused = new Map(all.map((statement) => [statement, orRefused(statement, schema)]));
    this.sharing = sharedAppends(schema);
    this.refusal = new AppendRefusal(connections, schema);
  }

  /** @returns what the port says, and whether somebody listens for new events. */
  async append(
    requests: readonly AppendRequest[],
    also: readonly Operation[],
  ): Promise<{ readonly appended: readonly AppendedStream[]; readonly isHeard: boolean }> {
    const twice =
      requests.length > 1 || requests[0]!.messages.length > 1 ? takenId(requests, () => undefined) : undefined;
    if (twice !== undefined) throw twice;
    const call = this.callFor(requests);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { rows, refusal } = await (also.length === 0 ? this.attempt(call) : this.attemptWith(also, call));
      if (rows.length > 0) return { appended: appendedOf(requests, rows), isHeard: rows[0]![3] === "t" };
      const before = await this.refusal.explain(requests);
      if (before !== undefined) return { appended: before, isHeard: false };
      if (refusal !== undefined) throw refusal;
    }
    throw this.connections.unavailable(APPEND, new Error("other writers were always first"));
  }

  private callFor(requests: readonly AppendRequest[]): Call {
    const [request, ...others] = requests;
    if (others.length > 0) return { statement: this.toStreams, values: parametersOfStreams(requests) };
    if (request!.messages.length > 1) return { statement: this.toStream, values: parametersOfStream(request!) };
    return { statement: this.one, values: parametersOfOne(request!) };
  }

  private async attempt({ statement, values }: Call): Promise<Attempt> {
    const sharing = statement === this.one ? this.sharing : undefined;
    try {
      return { rows: await this.connections.perform(statement, values, sharing) };
    } catch (error) {
      return this.notStored(error);
    }
  }

  /**
   * The operations come first: one that is refused draws no number, and readers in global order wait for each number that
   * was drawn until its transaction has ended.
   */
  private async attemptWith(also: readonly Operation[], { statement, values }: Call): Promise<Attempt> {
    const append = { statement: this.orRefused.get(statement)!, values };
    for (let isLast = false; ; isLast = true) {
      const calls = [...this.operations.calls(also), append];
      try {
        const rowsOfEach = await this.connections.performAll(calls);
        this.operations.applied(also);
        return { rows: rowsOfEach.at(-1)! };
      } catch (error) {
        const refusal = this.operations.refusal(error, also);
        if (refusal !== undefined) return { rows: [], refusal };
        if (!isChangedTable(error) || isLast) return this.notStored(error);
      }
    }
  }

  /** @throws StoreUnavailableError unless the append was refused, or another writer was there first. */
  private notStored(error: unknown): Attempt {
    if (isUniqueViolation(error) || isDeadlock(error) || refusalIn(error)?.kind === "append") return NOTHING_STORED;
    throw this.connections.unavailable(APPEND, error);
  }
}

/** @param rows each stream's in the order of its positions. */
function appendedOf(requests: readonly AppendRequest[], rows: readonly Row[]): AppendedStream[] {
  if (requests.length === 1) return [appendedAs(requests[0]!.stream, rows.at(-1)!)];
  const lasts = new Map(rows.map((row) => [row[0]!, row]));
  return requests.map(({ stream }) => appendedAs(stream, lasts.get(stream)!));
}

function appendedAs(stream: string, [, version, globalPosition]: Row): AppendedStream {
  return { stream, version: Number(version), globalPosition: Number(globalPosition) };
}
