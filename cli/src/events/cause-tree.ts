import type {
  CommandReference,
  EventMetadata,
  ProcessStepStatus,
  QueuedCommandStatus,
  RecordedEvent,
  TimerStatus,
} from "@tidemark/core";

/** A command with the events raised and the commands processed in its handler. */
interface CommandNode {
  readonly kind: "command";
  readonly id: string;
  /** Undefined where no event names it. */
  readonly type?: string;
  /** How it is, where it lies in the queue. */
  queued?: QueuedCommandStatus;
  readonly children: CauseNode[];
}

/** An event with the event handlers and processes that did something about it, and the events that name it as their cause. */
interface EventNode {
  readonly kind: "event";
  readonly event: RecordedEvent;
  readonly children: CauseNode[];
}

/** An event handler at work on one event, with the commands that it processed and the events that it raised itself. */
interface HandlerNode {
  readonly kind: "handler";
  readonly name: string;
  /** The event that it handled. */
  readonly event: { readonly id: string; readonly type?: string };
  /** True where that event is not in the tree: the handler is a root then. */
  readonly isOrphan: boolean;
  readonly children: CauseNode[];
}

/** An instance of a process manager that was told of one event, with what it issued, and what became of the timers that it set. */
interface ProcessNode {
  readonly kind: "process";
  /** The name of the process manager. */
  readonly name: string;
  readonly id: string;
  /** The method that is called: `FundsTransfer.asked`. */
  readonly method: string;
  /** Why it has not made the step yet; undefined where it has. */
  readonly pending?: string;
  readonly event: { readonly id: string; readonly type: string };
  readonly children: CauseNode[];
}

/** A timer that is set and has not fired. */
interface TimerNode {
  readonly kind: "timer";
  readonly timer: TimerStatus;
  readonly children: CauseNode[];
}

export type CauseNode = CommandNode | EventNode | HandlerNode | ProcessNode | TimerNode;

type PartialReference = Pick<CommandReference, "id"> & Partial<CommandReference>;
type EventReference = NonNullable<EventMetadata["cause"]>;
type PartialCause = Pick<EventReference, "eventId" | "handler"> & Partial<EventReference>;

/** A step of an instance of a process manager. */
export interface KnownStep extends ProcessStepStatus {
  readonly pending?: string;
}

/** Tells which instances of process managers were told of an event, or are to be told; and which of some commands they issued for it. */
type StepsOf = (event: RecordedEvent, commands: readonly string[]) => readonly KnownStep[];

/** Arranges events and commands by the causes in their metadata. They are added in global order: effects after causes. */
export class CauseTree {
  readonly roots: CauseNode[] = [];
  private readonly events = new Map<string, EventNode>();
  private readonly commands = new Map<CauseNode[], Map<string, CommandNode>>();
  private readonly handlers = new Map<string, HandlerNode>();

  constructor(private readonly stepsOf: StepsOf = () => []) {}

  addEvent(event: RecordedEvent): void {
    const node: EventNode = { kind: "event", event, children: [] };
    const { causationId } = event.metadata;
    const cause = causationId === undefined ? undefined : this.events.get(causationId);
    const siblings = cause?.children ?? this.siblingsAfter(event.metadata, event.stream);
    siblings.push(node);
    this.events.set(event.id, node);
    for (const { process: name, id, method, pending } of this.stepsOf(event, [])) {
      const about = { id: event.id, type: event.type };
      node.children.push({
        kind: "process",
        name,
        id,
        method,
        ...(pending && { pending }),
        event: about,
        children: [],
      });
    }
  }

  /** Adds the command of a record, which the store keeps for its idempotency key, unless an event has named it already. */
  addRecord({ metadata }: RecordedEvent): void {
    this.siblingsAfter(metadata);
  }

  /** Adds a command that lies in the queue, or says of one that an event has named how it is. */
  addQueued(queued: QueuedCommandStatus): void {
    const { id, type, metadata } = queued;
    const chain = commandsOf({ ...metadata, causationId: id, commandType: type });
    const start = this.startOf(metadata, chain[0]?.id);
    let siblings = start;
    for (const command of chain) {
      const node = this.command(command, siblings);
      if (command.id === id) node.queued = queued;
      siblings = node.children;
    }
  }

  /** Adds a timer that is set. */
  addTimer(timer: TimerStatus): void {
    const { cause } = timer.metadata;
    const step = cause && this.processes(cause).find(({ id }) => id === timer.id);
    const siblings = step?.children ?? this.siblingsAfter(timer.metadata);
    siblings.push({ kind: "timer", timer, children: [] });
  }

  get eventCount(): number {
    return this.events.size;
  }

  get commandCount(): number {
    let count = 0;
    for (const children of this.commands.values()) count += children.size;
    return count;
  }

  /**
   * Returns the list that a message with this metadata belongs to; adds the handler and the commands that are new.
   * @param stream that of the message: one of an instance of a process manager tells which one.
   */
  private siblingsAfter(metadata: EventMetadata, stream?: string): CauseNode[] {
    const commands = commandsOf(metadata);
    const start = this.startOf(metadata, commands[0]?.id, stream);
    return commands.reduce((siblings, command) => this.command(command, siblings).children, start);
  }

  /** Returns the list of what the outermost command of a message belongs to, or the message itself without a command. */
  private startOf(metadata: EventMetadata, command?: string, stream?: string): CauseNode[] {
    const handled = handledBy(metadata);
    if (handled === undefined) return this.roots;
    const steps = this.processes(handled);
    if (steps.length <= 1) return (steps[0] ?? this.handler(handled)).children;
    const id = command === undefined ? idIn(stream) : this.issuerOf(handled, command);
    return (steps.find((step) => step.id === id) ?? this.handler(handled)).children;
  }

  /** The steps of a process manager for an event. */
  private processes({ eventId, handler }: PartialCause): readonly ProcessNode[] {
    const children = this.events.get(eventId)?.children ?? [];
    return children.filter((node): node is ProcessNode => node.kind === "process" && node.name === handler);
  }

  /** The id of the instance that issued a command for an event, where several were told of it. */
  private issuerOf({ eventId, handler }: PartialCause, command: string): string | undefined {
    const { event } = this.events.get(eventId) as EventNode;
    const steps = this.stepsOf(event, [command]).filter(({ process }) => process === handler);
    return steps.find(({ issued }) => issued.includes(command))?.id;
  }

  private handler({ eventId, type, handler: name }: PartialCause): HandlerNode {
    const key = JSON.stringify([eventId, name]);
    const known = this.handlers.get(key);
    if (known !== undefined) return known;
    const event = this.events.get(eventId);
    const node: HandlerNode = {
      kind: "handler",
      name,
      event: { id: eventId, ...(type !== undefined && { type }) },
      isOrphan: event === undefined,
      children: [],
    };
    this.handlers.set(key, node);
    (event?.children ?? this.roots).push(node);
    return node;
  }

  private command({ id, type }: PartialReference, siblings: CauseNode[]): CommandNode {
    const known = this.commands.get(siblings) ?? new Map<string, CommandNode>();
    this.commands.set(siblings, known);
    const found = known.get(id);
    if (found !== undefined) return found;
    const node: CommandNode = { kind: "command", id, ...(type !== undefined && { type }), children: [] };
    known.set(id, node);
    siblings.push(node);
    return node;
  }
}

/** Returns the commands that led to a message, the outermost first. Other writers may have left anything in its metadata. */
function commandsOf({ causationId, commandType, outerCommands }: EventMetadata): PartialReference[] {
  const commands: PartialReference[] = isList(outerCommands) ? outerCommands.filter(isReference) : [];
  if (typeof causationId !== "string") return commands;
  return [...commands, { id: causationId, ...(typeof commandType === "string" && { type: commandType }) }];
}

/** Returns the event and the handler in which a message was caused; undefined outside of event handlers. */
function handledBy({ cause }: EventMetadata): PartialCause | undefined {
  const { eventId, type, handler } = (cause ?? {}) as Partial<EventReference>;
  if (typeof eventId !== "string" || typeof handler !== "string") return undefined;
  return { eventId, handler, ...(typeof type === "string" && { type }) };
}

/** The id of the aggregate or the process whose stream this is. */
function idIn(stream: string | undefined): string | undefined {
  return stream?.slice(stream.indexOf("-") + 1);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isReference(value: unknown): value is CommandReference {
  const { id, type } = (value ?? {}) as Partial<CommandReference>;
  return typeof id === "string" && typeof type === "string";
}
