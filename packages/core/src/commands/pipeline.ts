import { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import { retryConflicts } from "../concurrency/conflict-retry";
import type { StreamTurns } from "../concurrency/stream-turns";
import { TurnOfUnit } from "../concurrency/turn-of-unit";
import type { CommandContext } from "../elements/command-context";
import { type Answer, answered } from "../ports/answer";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { UnitsOfWork, Work } from "../unit-of-work/units-of-work";
import type { CommandCall } from "./command-call";
import type { CommandRecords } from "./command-records";
import type { Instances } from "./instances";
import { type Middleware, through } from "./middleware";

/** Carries a command on, and gives its result. */
export type Carry = (call: CommandCall) => Answer<unknown>;

/** Makes one step of the pipeline from the steps behind it. */
export type Step = (next: Carry) => Carry;

export interface PipelineParts {
  readonly units: UnitsOfWork;
  readonly turns: StreamTurns;
  readonly records: CommandRecords;
  readonly instances: Instances;
  readonly middleware: readonly Middleware[];
  /** Opens the trust in cached aggregates of one attempt; undefined where nothing is cached. */
  readonly trust: (() => TrustedAggregates) | undefined;
  /** Watches each attempt, for telemetry. */
  readonly watched: Step;
}

/**
 * The way of a command, from the outermost step to its handler. The steps for limits, middleware, keys and declared
 * results are plain calls for a command without them: they add no promise.
 */
export function commandPipeline(parts: PipelineParts): Carry {
  const steps: readonly Step[] = [
    withinLimits(parts),
    throughMiddleware(parts),
    onceForItsKey(parts),
    retriedAfterConflicts(parts),
    oneAttempt(parts),
    parts.watched,
    inUnitOfWork(parts),
    concluded(parts),
  ];
  return steps.reduceRight((next, step) => step(next), byItsHandler(parts));
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

/** Repeats what follows after a lost race for a stream; inside another unit of work there is no start to go back to. */
function retriedAfterConflicts({ turns }: PipelineParts): Step {
  return (next) => (call) => {
    const { outer, retries, signal } = call.parts;
    if (outer !== undefined) return next(call);
    const attempt = (mayTrust: boolean, turn: CommandCall["turn"]) => {
      call.mayTrust = mayTrust;
      call.turn = turn;
      return next(call);
    };
    return retryConflicts(attempt, { retries, turns, signal });
  };
}

/** Makes one attempt, whose failure counts for nothing when the same command was stored meanwhile. */
function oneAttempt({ records }: PipelineParts): Step {
  return (next) => (call) => {
    const { keyed, outer, limits } = call.parts;
    limits?.check();
    call.attempt++;
    const attempt = keyed === undefined ? next(call) : records.unlessStored(keyed, outer, () => next(call));
    return limits === undefined ? attempt : limits.unlessCommitted(attempt);
  };
}

/** Opens a unit of work, and commits it when the handler has returned; inside another unit it joins that one. */
function inUnitOfWork({ units, trust }: PipelineParts): Step {
  return (next) => (call) => {
    const { cause, signal } = call.parts;
    const trusted = call.mayTrust ? trust?.() : undefined;
    const { turn } = call;
    const isPlain = trusted === undefined && turn === undefined;
    const opened = isPlain
      ? undefined
      : (unit: UnitOfWork) => {
          if (trusted !== undefined) unit.enlistAs(TrustedAggregates, trusted);
          if (turn !== undefined) unit.participant(TurnOfUnit).isHeldByRunner();
        };
    const run = () => units.run(() => next(call), { cause, signal, opened });
    return trusted === undefined ? run() : trusted.judge(run);
  };
}

/** Checks the result against what the command declares, and notes it for its key: the last step before the commit. */
function concluded({ records, units }: PipelineParts): Step {
  return (next) => (call) => {
    const { model, keyed, cause, limits, outer } = call.parts;
    if (keyed === undefined && limits === undefined && !model.result.isDeclared) return next(call);
    const conclude = (result: unknown) => {
      model.result.check(result);
      if (keyed !== undefined) records.note(keyed, result, cause, (units.current as Work).unit);
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
    return answered(handler, (instance) => (instance as Handler)[method]?.(command, call));
  };
}
