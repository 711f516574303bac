import { frame } from "./frame";
import { clock, grouped } from "./numbers";
import type { Happening, Scene } from "./scene";

/** Shows a scene that changes. */
export interface Picture {
  /** Shows the scene as it is now. */
  show(scene: Scene): void;
  /** Tells of something as it happens. */
  tell(happening: Happening): void;
  /** Leaves the last scene where it is: what is printed afterwards comes below it. */
  end(): void;
}

/** Draws in place on a terminal, and line by line in a file, in a pipe and in CI. */
export function pictureOn(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Picture {
  const isDrawn = stream.isTTY && env.CI === undefined && env.TERM !== "dumb";
  return isDrawn
    ? new DrawnPicture(stream, env.NO_COLOR === undefined || env.NO_COLOR === "")
    : new WrittenPicture(stream);
}

/** Goes back to the first line of the last picture, and draws the next one over it. */
class DrawnPicture implements Picture {
  #lines = 0;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly hasColors: boolean,
  ) {
    // A terminal that became narrower has broken the lines: the next picture begins below them.
    stream.on("resize", () => this.end());
  }

  show(scene: Scene): void {
    const { columns = 80, rows = 24 } = this.stream;
    const lines = frame(scene, { columns, rows, hasColors: this.hasColors });
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A` : "";
    // Each line is cleared to its end, and all that is below the last one.
    this.stream.write(`${up}\r${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
    this.#lines = lines.length;
  }

  /** The scene has it. */
  tell(): void {}

  end(): void {
    this.#lines = 0;
  }
}

/** A line for each happening, and one for each second. */
class WrittenPicture implements Picture {
  #second = -1;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show({ elapsedMs, machines, perSecond, acknowledged }: Scene): void {
    const second = Math.floor(elapsedMs / 1_000);
    if (second === this.#second) return;
    this.#second = second;
    const leader = machines.find(({ role }) => role === "leader")?.name ?? "none";
    const rate = grouped(perSecond.at(-2) ?? 0);
    this.stream.write(
      `${clock(elapsedMs).padEnd(6)}${rate} commands a second, ${grouped(acknowledged)} acknowledged, leader: ${leader}\n`,
    );
  }

  tell({ atMs, text }: Happening): void {
    this.stream.write(`${clock(atMs).padEnd(6)}${text}\n`);
  }

  end(): void {}
}
