import type { CommandProcessor } from "../commands/command-processor";
import { AwaitedResults } from "../commands/later/awaited-result";
import { EntryCarrier } from "../commands/later/entry-carrier";
import { LaterCommands } from "../commands/later/later-commands";
import { QueueClock } from "../commands/later/queue-clock";
import { QueueSigns } from "../commands/later/queue-signs";
import { QueueWork } from "../commands/later/queue-work";
import type { DomainConfig } from "../config/domain-config";
import type { Clock } from "../elements/clock";
import type { Class } from "../metadata/class-types";
import type { CommandModel } from "../model/command-model";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import { type Logger, logError } from "../telemetry/logger";
import { withActiveTraceparent } from "../telemetry/trace-context";
import { tracedCommand } from "../telemetry/traced-command";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";

interface LaterParts {
  /** The name of the domain. */
  readonly name: string;
  readonly commands: ReadonlyMap<Class, CommandModel>;
  readonly config: DomainConfig;
  readonly adapter: EventStoreAdapter;
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
  /** What the calls of users go to; `operations` serves the workers. @throws as `operations` does */
  readonly sent: () => OperationStores;
  readonly processor: CommandProcessor;
  readonly units: UnitsOfWork;
  readonly clock: Clock;
  /** The lanes of subscriptions. */
  readonly lanes: readonly string[];
  /** Takes a command out of the queue. @throws ObjectNotFoundError, CommandStateError */
  readonly cancel: (id: string) => Promise<unknown>;
  readonly logger: Logger;
}

/** Puts together what commands that run later need. */
export class Later {
  readonly signs = new QueueSigns();
  readonly commands: LaterCommands;
  readonly results: AwaitedResults;
  /** The lanes that servers can run: those of subscriptions, and those that domain.toml names. */
  readonly lanes: readonly string[];
  /** What carries them out; undefined where there are no commands, or the store keeps events alone. */
  readonly work: QueueWork | undefined;

  constructor(parts: LaterParts) {
    const { name, commands, config, adapter, operations, sent, processor, units, clock, cancel, logger } = parts;
    const { signs } = this;
    const { processing, server, subscriptions, eventStore } = config;
    const { maxEventBytes } = eventStore;
    const lanes = [...new Set([...parts.lanes, ...server.lanes.keys()])];
    this.lanes = lanes;
    const queueClock = new QueueClock(clock);
    const models = new Map(Array.from(commands.values(), (model) => [model.name, model]));
    const logging = {
      logError: (message: string, details: object) => logError(logger, message, details),
      logWarning: (message: string, details: object) => logger.warn(message, details),
    };
    const queue = () => operations().commandQueue;
    if (commands.size > 0 && adapter.operations !== undefined)
      this.work = new QueueWork({
        queue,
        clock: queueClock,
        signs,
        log: adapter.log,
        lanes,
        concurrencyOf: (lane) => server.lanes.get(lane)?.concurrency ?? processing.concurrency,
        claimMs: subscriptions.leaseMs,
        keepMs: processing.keepResultsMs,
        carrier: (work) =>
          new EntryCarrier({
            ...work,
            ...logging,
            processor,
            models,
            units,
            log: adapter.log,
            operations,
            clock: queueClock,
            retry: processing.retry,
            maxEventBytes,
            signs,
            around: tracedCommand,
          }),
        ...logging,
      });
    signs.onEnqueued((lane) => {
      // Other processes look at the queue from time to time. This one tells them, where it does not carry out the command itself.
      if (lane !== undefined && this.work?.serves(lane) !== true) adapter.log.announce?.();
    });
    this.results = new AwaitedResults({
      find: (id) => sent().commandQueue.find(id),
      signs,
      models,
      isServedHere: (lane) => this.work?.serves(lane) === true,
      isShared: adapter.abilities.sharedByProcesses,
    });
    this.commands = new LaterCommands({
      domain: name,
      processor,
      units,
      operations: sent,
      clock: queueClock,
      signs,
      results: this.results,
      lanes,
      byDefault: processing.commands === "async",
      maxEventBytes,
      traced: withActiveTraceparent,
      isInHand: (id) => this.work?.hasInHand(id) === true,
      cancel,
    });
  }
}
