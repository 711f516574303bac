import type { Domain, EventMetadata, QueuedCommandStatus, RecordedEvent } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { type CauseNode, CauseTree } from "../events/cause-tree";
import { eventsAndRecords } from "../events/events-and-records";
import { KnownSteps } from "../events/known-steps";
import { Scan } from "../events/scan";
import { queuedCommands, timersSet } from "../events/unfinished";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { cutEnd, displayWidth, type WidthOf } from "../printing/display-width";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { jsonOption, type Runtime, wholeNumber } from "./declaration";

interface EventsTraceOptions extends DomainOptions {
  /** The most events and records to show. */
  readonly limit: number;
}

/** Declares `domain events trace <correlationId>`. */
export function declareEventsTrace(events: Command, { io, end }: Runtime): void {
  events
    .command("trace")
    .description("print the commands, events, event handlers, processes and timers of one request as a tree of causes")
    .argument("<correlationId>", "the correlationId in the metadata of its events")
    .addOption(
      new Option("--limit <n>", "read at most this many events and command records of the request")
        .argParser(wholeNumber(1))
        .default(10_000),
    )
    .addOption(jsonOption())
    .action(async (correlationId: string, _options, command: Command) =>
      end(await eventsTrace(io, correlationId, command.optsWithGlobals())),
    );
}

async function eventsTrace(io: Io, correlationId: string, options: EventsTraceOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    using scan = new Scan(io);
    const steps = await KnownSteps.of(domain);
    const tree = new CauseTree((event, commands) => steps.stepsOf(event, commands));
    let taken = 0;
    let isComplete = true;
    for await (const { kind, message } of scan.over(eventsAndRecords(domain))) {
      if (correlationOf(message) !== correlationId) continue;
      isComplete = taken < options.limit;
      if (!isComplete) break;
      taken++;
      if (kind === "record") tree.addRecord(message);
      else {
        await steps.prepare(message);
        tree.addEvent(message);
      }
    }
    if (isComplete && !scan.isStopped) await addUnfinished(tree, domain, correlationId);
    scan.clear();
    const { eventCount, commandCount, roots } = tree;
    if (roots.length === 0 && !scan.isStopped) {
      const [name, id] = [JSON.stringify(domain.name), JSON.stringify(correlationId)];
      const message = `Domain ${name} has no event and no command with correlation id ${id}`;
      throw new CommandError(message, { status: ExitStatus.failed });
    }
    if (options.json) {
      const complete = isComplete && !scan.isStopped;
      const head = { correlationId, commands: commandCount, events: eventCount, complete };
      await results.document({ ...head, tree: roots.map(documentOf) });
    } else {
      const widthOf = await displayWidth();
      const { width } = results;
      const lines = [...drawTree(roots, widthOf)].map((line) =>
        width === undefined ? line : cutEnd(line, width, widthOf),
      );
      await results.line(
        [...lines, `${grouped(eventCount)} event(s) of ${grouped(commandCount)} command(s).`].join("\n"),
      );
    }
    if (!isComplete) io.stderr.write("The request has more events or commands than these: give a higher --limit.\n");
    return scan.end();
  });
}

/** Adds what has not led to events, or not yet: commands in the queue, and timers. */
async function addUnfinished(tree: CauseTree, domain: Domain, correlationId: string): Promise<void> {
  const isOfRequest = ({ metadata }: { readonly metadata: EventMetadata }) => metadata.correlationId === correlationId;
  for await (const command of queuedCommands(domain)) if (isOfRequest(command)) tree.addQueued(command);
  for await (const timer of timersSet(domain)) if (isOfRequest(timer)) tree.addTimer(timer);
}

/** What event handlers do about an event without a correlation id is correlated by the id of that event. */
function correlationOf({ id, metadata }: RecordedEvent): unknown {
  return metadata.correlationId ?? id;
}

function documentOf(node: CauseNode): object {
  const children = node.children.map(documentOf);
  if (node.kind === "event") return { kind: node.kind, ...node.event, children };
  if (node.kind === "handler") return { kind: node.kind, name: node.name, event: node.event, children };
  if (node.kind === "timer") return { kind: node.kind, ...node.timer, children };
  if (node.kind === "process") {
    const { kind, name, id, method, pending, event } = node;
    return { kind, name, id, method, ...(pending !== undefined && { pending }), event, children };
  }
  const { kind, id, type = null, queued } = node;
  return { kind, id, type, ...(queued && { queued: documentOfQueued(queued) }), children };
}

/** What is said of a command in the queue beside its id and its type. */
function documentOfQueued({ state, lane, dueAt, attempts, error }: QueuedCommandStatus): object {
  return { state, lane, dueAt, attempts, ...(error && { error }) };
}

/** The columns for the data of an event: enough to recognise the event. */
const DATA_WIDTH = 80;

/** Draws a tree of causes, one line for each command, event and event handler. */
export function* drawTree(nodes: readonly CauseNode[], widthOf: WidthOf, indent = ""): Generator<string> {
  for (const [index, node] of nodes.entries()) {
    const isLast = index === nodes.length - 1;
    yield `${indent}${isLast ? "└─ " : "├─ "}${labelOf(node, widthOf)}`;
    yield* drawTree(node.children, widthOf, `${indent}${isLast ? "   " : "│  "}`);
  }
}

function labelOf(node: CauseNode, widthOf: WidthOf): string {
  if (node.kind === "command") return printable(`${node.type ?? "command"} (${node.id})${stateOf(node.queued)}`);
  if (node.kind === "handler") return printable(handlerLabel(node));
  if (node.kind === "process") return printable(processLabel(node));
  if (node.kind === "timer") return printable(`timer ${node.timer.name} due at ${node.timer.dueAt.toISOString()}`);
  const { time, type, stream, position, data } = node.event;
  const shortened = cutEnd(printable(JSON.stringify(data)), DATA_WIDTH, widthOf);
  return `${printable(`${time.toISOString()}  ${type}  ${stream} at ${position}`)}  ${shortened}`;
}

/** `, waiting` and the like, of a command in the queue. */
function stateOf(queued: QueuedCommandStatus | undefined): string {
  if (queued === undefined) return "";
  const { state, error } = queued;
  return `, ${state}${error === undefined ? "" : `: ${error.message}`}`;
}

function processLabel({ name, id, method, pending }: CauseNode & { kind: "process" }): string {
  return `process ${name} ${id}, ${method}${pending === undefined ? "" : ` (${pending})`}`;
}

function handlerLabel({ name, event, isOrphan }: CauseNode & { kind: "handler" }): string {
  return isOrphan ? `handler ${name} of ${event.type ?? "event"} (${event.id})` : `handler ${name}`;
}
