import { QueuedCommands } from "../commands/later/operating/queued-commands";
import { QueueClock } from "../commands/later/queue-clock";
import type { QueueSigns } from "../commands/later/queue-signs";
import type { Clock } from "../elements/clock";
import type { DomainModel } from "../model/domain-model";
import type { AppendedStream } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import { ProcessInstances } from "../process-managers/operating/process-instances";
import { ProcessesNamed } from "../process-managers/operating/processes-named";
import { StepsOfEvents } from "../process-managers/operating/steps-of-events";
import { ProcessSteps } from "../process-managers/process-step";
import { TimersOfProcesses } from "../timers/operating/timers-of-processes";

interface OperatingParts {
  /** The name of the domain. */
  readonly name: string;
  readonly model: DomainModel;
  readonly adapter: EventStoreAdapter;
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
  readonly clock: Clock;
  /** Called with what was appended. */
  readonly appended: (appended: readonly AppendedStream[]) => void;
  readonly signs: QueueSigns;
}

/** What operators see of process managers, timers and queued commands, and what they ask for. */
export class Operating {
  readonly processes: ProcessInstances;
  readonly steps: StepsOfEvents;
  readonly timers: TimersOfProcesses;
  readonly commands: QueuedCommands;

  constructor({ name, model, ...parts }: OperatingParts) {
    const processes = Array.from(model.processManagers.values(), (each) => new ProcessSteps(each, model.commands));
    const named = new ProcessesNamed(name, model.processManagers.values());
    this.processes = new ProcessInstances({ ...parts, named, steps: processes });
    this.steps = new StepsOfEvents(processes);
    this.timers = new TimersOfProcesses({ ...parts, named });
    const types = Array.from(model.commands.values(), ({ name: type }) => [shortName(type), type] as const);
    this.commands = new QueuedCommands({
      ...parts,
      clock: new QueueClock(parts.clock),
      named,
      types: new Map(types),
    });
  }
}

/** `Fidelis.Withdraw.v1` is stored for `Withdraw`. */
function shortName(type: string): string {
  return type.replace(/^[^.]*\./, "").replace(/\.v\d+$/, "");
}
