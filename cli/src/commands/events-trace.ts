import { CommandError } from "../command-error";
import { type CauseNode, CauseTree } from "../events/cause-tree";
import { drawTree } from "../events/draw-tree";
import { Scan } from "../events/scan";
import { ExitStatus } from "../exit-status";
import { grouped } from "../quantities";
import { cut } from "../table";
import { terminalWidth } from "../terminal-width";
import { type DomainOptions, withDomain } from "../with-domain";

export interface EventsTraceOptions extends DomainOptions {
  /** No more events than so many. */
  readonly limit: number;
  readonly json?: boolean;
}

/** `domain events trace <correlationId>` */
export async function eventsTrace(correlationId: string, options: EventsTraceOptions): Promise<number> {
  return await withDomain(options, async ({ eventStore, name }, results) => {
    using scan = new Scan();
    const tree = new CauseTree();
    let isComplete = true;
    for await (const event of scan.over(eventStore.readAll())) {
      if (event.metadata.correlationId !== correlationId) continue;
      isComplete = tree.eventCount < options.limit;
      if (!isComplete) break;
      tree.add(event);
    }
    scan.aside();
    if (tree.roots.length === 0 && !scan.isStopped) {
      const message = `Domain ${JSON.stringify(name)} has no event with correlation id ${JSON.stringify(correlationId)}`;
      throw new CommandError(message, { status: ExitStatus.failed });
    }
    const { eventCount, commandCount, roots } = tree;
    if (options.json) {
      const head = {
        correlationId,
        commands: commandCount,
        events: eventCount,
        complete: isComplete && !scan.isStopped,
      };
      await results.document({ ...head, tree: roots.map(documentOf) });
    } else {
      const lines = [...drawTree(roots)].map((line) => cut(line, terminalWidth()));
      await results.line(
        [...lines, `${grouped(eventCount)} event(s) of ${grouped(commandCount)} command(s).`].join("\n"),
      );
    }
    if (!isComplete) process.stderr.write(`There are more events than these: give a higher --limit.\n`);
    return scan.end();
  });
}

function documentOf(node: CauseNode): object {
  const children = node.children.map(documentOf);
  if (node.kind === "event") return { kind: node.kind, ...node.event, children };
  return { kind: node.kind, id: node.id, type: node.type ?? null, children };
}
