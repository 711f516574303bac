import type { CommandReference, EventMetadata, RecordedEvent } from "@tidemark/core";

/** A command with the events raised and the commands processed in its handler. */
interface CommandNode {
  readonly kind: "command";
  readonly id: string;
  /** Undefined where no event names it. */
  readonly type?: string;
  readonly children: CauseNode[];
}

/** An event with the event handlers that did something about it, and the events that name it as their cause. */
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

export type CauseNode = CommandNode | EventNode | HandlerNode;

type PartialReference = Pick<CommandReference, "id"> & Partial<CommandReference>;
type EventReference = NonNullable<EventMetadata["cause"]>;
type PartialCause = Pick<EventReference, "eventId" | "handler"> & Partial<EventReference>;

/** Arranges events and commands by the causes in their metadata. They are added in global order: effects after causes. */
export class CauseTree {
  readonly roots: CauseNode[] = [];
  private readonly events = new Map<string, EventNode>();
  private readonly commands = new Map<CauseNode[], Map<string, CommandNode>>();
  private readonly handlers = new Map<string, HandlerNode>();

  addEvent(event: RecordedEvent): void {
    const node: EventNode = { kind: "event", event, children: [] };
    const { causationId } = event.metadata;
    const cause = causationId === undefined ? undefined : this.events.get(causationId);
    const siblings = cause?.children ?? this.siblingsAfter(event.metadata);
    siblings.push(node);
    this.events.set(event.id, node);
  }

  /** Adds the command of a record, which the store keeps for its idempotency key, unless an event has named it already. */
  addRecord({ metadata }: RecordedEvent): void {
    this.siblingsAfter(metadata);
  }

  get eventCount(): number {
    return this.events.size;
  }

  get commandCount(): number {
    let count = 0;
    for (const children of this.commands.values()) count += children.size;
    return count;
  }

  /** Returns the list that a message with this metadata belongs to; adds the handler and the commands that are new. */
  private siblingsAfter(metadata: EventMetadata): CauseNode[] {
    const handled = handledBy(metadata);
    const start = handled === undefined ? this.roots : this.handler(handled).children;
    return commandsOf(metadata).reduce((siblings, command) => this.command(command, siblings).children, start);
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

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isReference(value: unknown): value is CommandReference {
  const { id, type } = (value ?? {}) as Partial<CommandReference>;
  return typeof id === "string" && typeof type === "string";
}
