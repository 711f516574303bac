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
import { LastRow } from "./wire-rows";
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
const NOTHING_TRIED = "nothing tried";

/** An append as a call. */
interface AppendCall extends Call {
  /** Set where the last row says all. */
  readonly collector?: LastRow;
}

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

  /** @param onHeard called after an append while somebody listens for new events. */
  constructor(
    private readonly connections: Connections,
    private readonly operations: PostgresOperationStore,
    schema: string,
    private readonly onHeard: () => void,
  ) {
    this.one = appendOne(schema);
    this.toStream = appendToStream(schema);
    this.toStreams = appendToStreams(schema);
    const all = [this.one, this.toStream, this.toStreams];
    this.orRefused = new Map(all.map((statement) => [statement, orRefused(statement, schema)]));
    this.sharing = sharedAppends(schema);
    this.refusal = new AppendRefusal(connections, schema);
  }

  /** Does what the port says. Each promise on the way costs every append: without operations there are two. */
  append(requests: readonly AppendRequest[], also: readonly Operation[]): Promise<readonly AppendedStream[]> {
    let call: AppendCall;
    try {
      call = this.callFor(requests);
    } catch (error) {
      return Promise.reject(error);
    }
    if (also.length > 0) return this.appendFrom(NOTHING_TRIED, requests, also, call);
    return this.connections.performOne(call, this.sharingOf(call)).then(
      (rows) => this.answer(requests, rowsOf(call, rows)) ?? this.appendFrom(NOTHING_STORED, requests, also, call),
      (error: unknown) => this.appendFrom(this.notStored(error), requests, also, call),
    );
  }

  /** Appends in as many rounds as it takes. @param before what the attempt before these came to. */
  private async appendFrom(
    before: Attempt | typeof NOTHING_TRIED,
    requests: readonly AppendRequest[],
    also: readonly Operation[],
    call: AppendCall,
  ): Promise<readonly AppendedStream[]> {
    let last = before;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (last !== NOTHING_TRIED) {
        const stored = await this.refusal.explain(requests);
        if (stored !== undefined) return stored;
        if (last.refusal !== undefined) throw last.refusal;
      }
      last = await (also.length === 0 ? this.attempt(call) : this.attemptWith(also, call));
      const answer = this.answer(requests, last.rows);
      if (answer !== undefined) return answer;
    }
    throw this.connections.unavailable(APPEND, new Error("other writers were always first"));
  }

  /** @returns undefined where nothing was stored. */
  private answer(requests: readonly AppendRequest[], rows: readonly Row[]): readonly AppendedStream[] | undefined {
    if (rows.length === 0) return undefined;
    if (rows[0]![3] === "t") this.onHeard();
    return appendedOf(requests, rows);
  }

  /** @throws IncorrectUsageError where two of the events have one id. */
  private callFor(requests: readonly AppendRequest[]): AppendCall {
    const [request, ...others] = requests;
    const twice = others.length > 0 || request!.messages.length > 1 ? takenId(requests, () => undefined) : undefined;
    if (twice !== undefined) throw twice;
    if (others.length > 0) return { statement: this.toStreams, values: parametersOfStreams(requests) };
    if (request!.messages.length === 1) return { statement: this.one, values: parametersOfOne(request!) };
    return { statement: this.toStream, values: parametersOfStream(request!), collector: new LastRow() };
  }

  private sharingOf({ statement }: Call): Sharing | undefined {
    return statement === this.one ? this.sharing : undefined;
  }

  private async attempt(call: AppendCall): Promise<Attempt> {
    try {
      return { rows: rowsOf(call, await this.connections.performOne(call, this.sharingOf(call))) };
    } catch (error) {
      return this.notStored(error);
    }
  }

  /**
   * The operations come first: one that is refused draws no number, and readers in global order wait for each number that
   * was drawn until its transaction has ended.
   */
  private async attemptWith(also: readonly Operation[], call: AppendCall): Promise<Attempt> {
    const append = { ...call, statement: this.orRefused.get(call.statement)! };
    for (let isLast = false; ; isLast = true) {
      const calls = [...this.operations.calls(also), append];
      try {
        const rowsOfEach = await this.connections.performAll(calls);
        this.operations.applied(also);
        return { rows: rowsOf(call, rowsOfEach.at(-1)!) };
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

function rowsOf({ collector }: AppendCall, rows: readonly Row[]): readonly Row[] {
  return collector === undefined ? rows : collector.rows();
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
