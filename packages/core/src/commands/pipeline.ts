import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { retryConflicts } from "../concurrency/conflict-retry";
import type { StreamTurns, Turn } from "../concurrency/stream-turns";
import { TurnOfUnit } from "../concurrency/turn-of-unit";
import type { CommandContext } from "../elements/command-context";
import { isPromise } from "../errors/returned-promise";
import { type Answer, answered } from "../ports/answer";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { UnitsOfWork, Work } from "../unit-of-work/units-of-work";
import type { CommandCall } from "./command-call";
import type { CommandRecords } from "./command-records";
import type { Instances } from "./instances";
import { type Middleware, through } from "./middleware";
import { SettlementOfUnit } from "./settlement";

/** Carries a command on, and gives its result. */
export type Carry = (call: CommandCall) => Answer<unknown>;

/** Makes one step of the pipeline from the steps behind it. */
type Step = (next: Carry) => Carry;

export interface PipelineParts {
  readonly units: UnitsOfWork;
  readonly turns: StreamTurns;
  readonly records: CommandRecords;
  readonly instances: Instances;
  readonly middleware: readonly Middleware[];
  /** Opens the trust in cached aggregates of one attempt; undefined where nothing is cached. */
  readonly trust: (() => TrustedAggregates) | undefined;
  /** Called with the type of a command at each attempt after the first. */
  readonly retried: (command: string) => void;
}

/** The way of a command, from the outermost step to its handler. */
export function commandPipeline(parts: PipelineParts): Carry {
  return composed(
    [
      withinLimits(parts),
      throughMiddleware(parts),
      onceForItsKey(parts),
      retriedAfterConflicts(parts),
      inUnitOfWork(parts),
      concluded(parts),
    ],
    byItsHandler(parts),
  );
}

/** The same way for a plain command, which has neither limit nor key nor declared result: without the steps for those. */
export function plainPipeline(parts: PipelineParts): Carry {
  return composed([throughMiddleware(parts), retriedAfterConflicts(parts), inUnitOfWork(parts)], byItsHandler(parts));
}

function composed(steps: readonly Step[], last: Carry): Carry {
  return steps.reduceRight((next, step) => step(next), last);
}

/** Gives the command up when its time is over or its caller gives it up. */
function withinLimits({ units }: PipelineParts): Step {
  return (next) => (call) => {
    const { limits, signal, cause, outer } = call.parts;
    if (limits === undefined) {
      signal?.throwIfAborted();
      return next(call);
    }
    const limited = () => limits.race(async () => await next(call));
    // A command given up inside another unit may leave something half done, so this unit has to fail with it.
    return outer === undefined ? limited() : units.run(limited, { cause, signal });
  };
}

/** Runs the application's middleware around the command, once for all retries. */
function throughMiddleware({ middleware }: PipelineParts): Step {
  if (middleware.length === 0) return (next) => next;
  return (next) => (call) => through(middleware, call, next);
}

/** Answers a repeated idempotency key with the first result. */
function onceForItsKey({ records }: PipelineParts): Step {
  return (next) => (call) =>
    call.parts.keyed === undefined ? next(call) : records.once(call.parts.keyed, call.parts.outer, () => next(call));
}

/**
 * Repeats what follows after a lost race for a stream; inside another unit of work there is no start to go back to. The
 * failure of an attempt counts for nothing when the same command was stored meanwhile.
 */
function retriedAfterConflicts({ turns, records, retried }: PipelineParts): Step {
  return (next) => (call) => {
    const { keyed, limits, outer, retries, signal, model } = call.parts;
    const attempt = (mayTrust: boolean, turn: Turn | undefined): Answer<unknown> => {
      limits?.check();
      if (++call.attempt > 1) retried(model.name);
      call.mayTrust = mayTrust;
      call.turn = turn;
      const made = keyed === undefined ? next(call) : records.unlessStored(keyed, outer, () => next(call));
      return limits === undefined ? made : limits.unlessCommitted(made);
    };
    return outer === undefined ? retryConflicts(attempt, { retries, turns, signal }) : attempt(false, undefined);
  };
}

/** Opens a unit of work, and commits it when the handler has returned; inside another unit it joins that one. */
function inUnitOfWork({ units, trust }: PipelineParts): Step {
  return (next) => (call) => {
    const { cause, signal, committed } = call.parts;
    const { turn, mayTrust } = call;
    const trusted = mayTrust ? trust?.() : undefined;
    if (trusted === undefined && turn === undefined)
      return units.run(next, { cause, signal, mayTrust, committed }, call);
    const opened = (unit: UnitOfWork) => {
      if (trusted !== undefined) unit.enlistAs(TrustedAggregates, trusted);
      if (turn !== undefined) unit.participant(TurnOfUnit).isHeldByRunner(turn);
    };
    return units.run(next, { cause, signal, mayTrust, opened, committed }, call);
  };
}

/** Checks the result against what the command declares, and notes it for its key and its settlement: the last step before the commit. */
function concluded({ records, units }: PipelineParts): Step {
  return (next) => (call) => {
    const { model, keyed, cause, limits, outer, settlement } = call.parts;
    const conclude = (result: unknown) => {
      model.result.check(result);
      const { unit } = units.current as Work;
      if (keyed !== undefined) records.note(keyed, result, cause, unit);
      if (settlement !== undefined) unit.enlist(new SettlementOfUnit(settlement, settlement.operations(result)));
      if (outer === undefined) limits?.startCommit();
      else limits?.check();
      return result;
    };
    return answered(next(call), conclude);
  };
}

type Handler = Readonly<Record<string | symbol, (command: object, context: CommandContext) => unknown>>;

/** Calls the method of the command's handler. */
function byItsHandler({ instances }: PipelineParts): Carry {
  return (call) => {
    const { command, model } = call.parts;
    const { type, method } = model.handler as NonNullable<typeof model.handler>;
    const handler = instances.of(type);
    if (handler instanceof Promise) return handler.then((instance) => (instance as Handler)[method]?.(command, call));
    const result = (handler as Handler)[method]?.(command, call);
    // The steps around the handler know the promises of the language only.
    return isPromise(result) && !(result instanceof Promise) ? Promise.resolve(result) : result;
  };
}
