import type { FailurePolicy } from "../config/failure-policy";
import type { EventContext } from "../elements/event-context";
import type { ProcessManagerRoot } from "../elements/process-manager";
import type { UpcasterStep } from "../elements/upcaster";
import type { Class, Constructor } from "../metadata/class-types";
import type { Shape } from "../schema/shape";
import type { AggregateModel } from "./aggregate-model";
import type { CommandModel } from "./command-model";
import type { StartFrom } from "./event-handler-model";

/** A registered process manager, checked and prepared. */
export interface ProcessManagerModel {
  readonly type: Constructor<ProcessManagerRoot>;
  /** The name of its subscription: `FundsTransfer`. */
  readonly name: string;
  readonly lane: string;
  /** The version of its state. */
  readonly version: number;
  readonly shape: Shape;
  /** The field that holds the id of an instance: the first `identifier()` of the shape. */
  readonly keyField: string;
  /** `fidelis::funds_transfer`: the start of its streams and states, before the id. */
  readonly category: string;
  /** The stored types of what lies in its streams. */
  readonly types: ProcessTypes;
  /** The next step towards the present version of its state, by the older version that it starts from. */
  readonly upcasters: ReadonlyMap<number, UpcasterStep>;
  readonly startFrom: StartFrom | undefined;
  readonly onFailure?: FailurePolicy | undefined;
  /** What becomes of an event for an instance that has not started: kept until it starts, passed over, or its key is parked. */
  readonly missing: "keep" | "ignore" | "park";
  /** What becomes of a starting event for an instance that is under way: handled like any other, passed over, or its key is parked. */
  readonly started: "handle" | "ignore" | "park";
  /** What becomes of an event for an instance that has ended: passed over, its key is parked, or a starting event starts it anew. */
  readonly ended: "ignore" | "park" | "restart";
  /** Whether each step is recorded as an event in the stream of the instance. */
  readonly history: boolean;
  /** What is called for an event, by its stored type: earlier versions and names included. */
  readonly methods: ReadonlyMap<string, ProcessMethod>;
  /** What is called when the domain has refused a command, by the command's stored type. */
  readonly rejections: ReadonlyMap<string, RejectionMethod>;
  /** What is called when a timer fires, by its name. */
  readonly timers: ReadonlyMap<string, MethodOfProcess>;
  /** The aggregates whose events it takes. */
  readonly sources: readonly AggregateModel[];
}

/** A method of a process manager. */
export interface MethodOfProcess {
  /** The method as sentences name it: `FundsTransfer.asked`. */
  readonly place: string;
  readonly method: string | symbol;
}

/** A method for an event. */
export interface ProcessMethod extends MethodOfProcess {
  readonly event: Class;
  /** Whether it starts an instance that is not there. */
  readonly starts: boolean;
  /** Whether the instance ends with it. */
  readonly ends: boolean;
  /**
   * Gives the ids of the instances that an event is for, each once; none where it is for no instance.
   * @throws whatever the correlation function throws; IncorrectUsageError where it gives anything but ids.
   */
  readonly idsOf: (event: object, context: EventContext) => readonly string[];
}

/** A method for the refusal of a command. */
export interface RejectionMethod extends MethodOfProcess {
  readonly command: CommandModel;
}

/** The stored types of what lies in the streams of a process manager. */
export interface ProcessTypes {
  /** `Fidelis.FundsTransferTimerFired.v1` */
  readonly timerFired: string;
  /** `Fidelis.FundsTransferCommandRejected.v1` */
  readonly commandRejected: string;
  /** `Fidelis.FundsTransferMoved.v1` */
  readonly moved: string;
}
