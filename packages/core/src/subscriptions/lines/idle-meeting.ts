import type { Line, Meeting } from "./line";

/** Makes one line again of those that have parted, once they stand at one position and have nothing in hand. */
export class IdleMeeting implements Meeting {
  constructor(private readonly lines: Iterable<Line>) {}

  hasMet(line: Line): boolean | Promise<boolean> {
    for (const other of this.lines) {
      if (other === line || other.position !== line.position || other.isBusy || other.isEnding) continue;
      return this.#meet(line, other);
    }
    return false;
  }

  next(line: Line): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { position, isBusy } of this.lines)
      if (position > line.position && position < next && !isBusy) next = position;
    return next;
  }

  async #meet(line: Line, other: Line): Promise<boolean> {
    return await other.between(() =>
      line.between(async () => {
        if (other.position !== line.position || line.isEnding || other.isEnding) return false;
        await other.absorb(line);
        return true;
      }),
    );
  }
}
