import type { CommandReference, EventMetadata, RecordedEvent } from "@tidemark/core";

/** A command with the events raised and the commands processed in its handler. */
interface CommandNode {
  readonly kind: "command";
  readonly id: string;
  /** Undefined where no event names it. */
  readonly type?: string;
  readonly children: CauseNode[];
}

/** An event with the events and commands that name it as their cause. */
interface EventNode {
  readonly kind: "event";
  readonly event: RecordedEvent;
  readonly children: CauseNode[];
}

export type CauseNode = CommandNode | EventNode;

type PartialReference = Pick<CommandReference, "id"> & Partial<CommandReference>;

/** Arranges events and commands by the causes in their metadata. They are added in global order: effects after causes. */
export class CauseTree {
  readonly roots: CauseNode[] = [];
  private readonly events = new Map<string, EventNode>();
  private readonly commands = new Map<CauseNode[], Map<string, CommandNode>>();

  addEvent(event: RecordedEvent): void {
    const node: EventNode = { kind: "event", event, children: [] };
    const { causationId } = event.metadata;
    const cause = causationId === undefined ? undefined : this.events.get(causationId);
    const siblings = cause?.children ?? this.childrenOf(commandsOf(event.metadata));
    siblings.push(node);
    this.events.set(event.id, node);
  }

  /** Adds the command of a record, which the store keeps for its idempotency key, unless an event has named it already. */
  addRecord({ metadata }: RecordedEvent): void {
    this.childrenOf(commandsOf(metadata));
  }

  get eventCount(): number {
    return this.events.size;
  }

  get commandCount(): number {
    let count = 0;
    for (const children of this.commands.values()) count += children.size;
    return count;
  }

  /** Returns the children of the innermost of nested commands; adds those of the commands that are new. */
  private childrenOf(commands: readonly PartialReference[]): CauseNode[] {
    return commands.reduce((siblings, command) => this.command(command, siblings).children, this.roots);
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

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isReference(value: unknown): value is CommandReference {
  const { id, type } = (value ?? {}) as Partial<CommandReference>;
  return typeof id === "string" && typeof type === "string";
}
