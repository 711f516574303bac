import { clock, grouped, seconds } from "./numbers";
import type { Happening, Machine, Scene } from "./scene";
import { sparkline } from "./sparkline";

/** How much room the picture has, and whether it has colours. */
interface Canvas {
  readonly columns: number;
  readonly rows: number;
  readonly hasColors: boolean;
}

type Color = "bold" | "dim" | "green" | "yellow" | "red";

/** A piece of a line; only the text counts for its width. */
type Piece = string | { readonly text: string; readonly color: Color };

const CODES: Readonly<Record<Color, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  yellow: [33, 39],
  red: [31, 39],
};

const ROLES: Readonly<
  Record<Machine["role"], { readonly mark: string; readonly words: string; readonly color: Color }>
> = {
  leader: { mark: "●", words: "leader", color: "green" },
  sync_standby: { mark: "◐", words: "synchronous standby", color: "yellow" },
  replica: { mark: "○", words: "standby", color: "dim" },
  killed: { mark: "✕", words: "killed", color: "red" },
  unknown: { mark: "?", words: "starting", color: "dim" },
};

/** How many happenings are in the picture at most. */
const HAPPENINGS = 8;
const INDENT = "  ";
const LABEL = 13;

/** Draws the scene: lines without line ends, none of them wider than the terminal, and fewer than it has rows. */
export function frame(scene: Scene, { columns, rows, hasColors }: Canvas): string[] {
  const top: Piece[][] = [
    [{ text: "A bank on a PostgreSQL cluster", color: "bold" }, INDENT, { text: clock(scene.elapsedMs), color: "dim" }],
    [],
    ...scene.machines.map(machineLine),
    [],
    commandsLine(scene, columns),
    [label("writers"), `${grouped(scene.acknowledged)} acknowledged, longest stall ${seconds(scene.longestStallMs)}`],
    [label("projection"), behindInWords(scene.behind)],
    [label("transfers"), `${grouped(scene.transfersEnded)} ended, ${grouped(scene.transfersUnderWay)} under way`],
    [],
  ];
  const room = Math.min(HAPPENINGS, rows - top.length - 1);
  const lines = [...top, ...(room > 0 ? scene.happenings.slice(-room).map(happeningLine) : [])];
  return lines.slice(0, Math.max(1, rows - 1)).map((pieces) => drawn([INDENT, ...pieces], columns, hasColors));
}

function machineLine({ name, role, timeline, lagBytes }: Machine): Piece[] {
  const { mark, words, color } = ROLES[role];
  const facts = [
    timeline === undefined || role === "killed" ? "" : `timeline ${timeline}`,
    lagBytes === undefined || role === "leader" || role === "killed" ? "" : `${grouped(lagBytes)} bytes behind`,
  ].filter((fact) => fact !== "");
  return [label(name), { text: `${mark} ${words.padEnd(22)}`, color }, { text: facts.join(", "), color: "dim" }];
}

function commandsLine({ perSecond }: Scene, columns: number): Piece[] {
  const rate = `${grouped(perSecond.at(-2) ?? perSecond.at(-1) ?? 0)} a second`.padEnd(16);
  const width = Math.min(60, columns - INDENT.length - LABEL - rate.length);
  return [label("commands"), rate, { text: sparkline(perSecond.slice(0, -1), width), color: "green" }];
}

function behindInWords(behind: number | undefined): string {
  if (behind === undefined) return "unknown: the store does not answer";
  return behind === 0 ? "up to date" : `${grouped(behind)} events behind`;
}

function happeningLine({ atMs, text, isLoss }: Happening): Piece[] {
  return [{ text: clock(atMs).padEnd(6), color: "dim" }, isLoss ? { text, color: "red" } : text];
}

function label(text: string): string {
  return text.padEnd(LABEL);
}

/** Cuts the pieces off at the width of the terminal, and colours them. */
function drawn(pieces: readonly Piece[], columns: number, hasColors: boolean): string {
  let left = columns;
  return pieces
    .map((piece) => {
      const { text, color } = typeof piece === "string" ? { text: piece, color: undefined } : piece;
      const cut = text.slice(0, Math.max(0, left));
      left -= cut.length;
      return hasColors && color !== undefined && cut !== "" ? painted(cut, color) : cut;
    })
    .join("")
    .trimEnd();
}

function painted(text: string, color: Color): string {
  const [on, off] = CODES[color];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
