import type { CommandReference, RecordedEvent } from "@tidemark/core";

/** A command with what was raised and processed in its handler. The type is unknown where no event names it. */
export interface CommandNode {
  readonly kind: "command";
  readonly id: string;
  readonly type?: string;
  readonly children: CauseNode[];
}

/** An event with what it caused in turn. */
export interface EventNode {
  readonly kind: "event";
  readonly event: RecordedEvent;
  readonly children: CauseNode[];
}

export type CauseNode = CommandNode | EventNode;

/** Arranges events by what their metadata says of their causes. Each is given in global order: effects after causes. */
export class CauseTree {
  readonly roots: CauseNode[] = [];
  private readonly events = new Map<string, EventNode>();
  private readonly commands = new Map<CauseNode[], Map<string, CommandNode>>();

  /** A command's record, stored under the command's own id for the sake of its idempotency key, only shows that it ran. */
  add(event: RecordedEvent): void {
    const node: EventNode = { kind: "event", event, children: [] };
    const { causationId, commandType, outerCommands } = event.metadata;
    const cause = causationId === undefined ? undefined : this.events.get(causationId);
    if (cause !== undefined) cause.children.push(node);
    else {
      const path: (Partial<CommandReference> & { id: string })[] = referencesOf(outerCommands);
      if (typeof causationId === "string") {
        path.push({ id: causationId, ...(typeof commandType === "string" && { type: commandType }) });
      }
      const siblings = path.reduce((nodes, command) => this.command(command, nodes).children, this.roots);
      if (event.id === causationId) return;
      siblings.push(node);
    }
    this.events.set(event.id, node);
  }

  get eventCount(): number {
    return this.events.size;
  }

  get commandCount(): number {
    let count = 0;
    for (const children of this.commands.values()) count += children.size;
    return count;
  }

  private command({ id, type }: { id: string; type?: string }, siblings: CauseNode[]): CommandNode {
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

/** Metadata can be anything: events come from other writers too. */
function referencesOf(value: unknown): CommandReference[] {
  return Array.isArray(value)
    ? value.filter((one) => typeof one?.id === "string" && typeof one?.type === "string")
    : [];
}
