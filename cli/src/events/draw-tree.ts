import { printable } from "../printable";
import type { CauseNode } from "./cause-tree";

/** Enough of an event's data to know it by. */
const DATA_LENGTH = 80;

/** A tree of causes, one line for each command and each event. */
export function* drawTree(nodes: readonly CauseNode[], indent = ""): Generator<string> {
  for (const [index, node] of nodes.entries()) {
    const isLast = index === nodes.length - 1;
    yield `${indent}${isLast ? "└─ " : "├─ "}${printable(labelOf(node))}`;
    yield* drawTree(node.children, `${indent}${isLast ? "   " : "│  "}`);
  }
}

function labelOf(node: CauseNode): string {
  if (node.kind === "command") return `${node.type ?? "command"} (${node.id})`;
  const { time, type, stream, position, data } = node.event;
  return `${time.toISOString()}  ${type}  ${stream} at ${position}  ${shortened(JSON.stringify(data))}`;
}

function shortened(text: string): string {
  const characters = [...text.slice(0, DATA_LENGTH * 2)];
  return characters.length <= DATA_LENGTH ? text : `${characters.slice(0, DATA_LENGTH - 1).join("")}…`;
}
