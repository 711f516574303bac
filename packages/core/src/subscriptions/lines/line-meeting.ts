import { Interrupted } from "../holding/held-checkpoint";
import type { Page, SharedPages } from "../reading/shared-pages";
import type { Line, Meeting } from "./line";

/** Makes one line of several that do their buckets in one batch, as soon as they stand at one position. */
export class LineMeeting implements Meeting {
  /** Meetings one after the other: of three lines at one position each could otherwise wait for the next in a circle. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly lines: Iterable<Line>,
    private readonly pages: SharedPages,
  ) {}

  hasMet(line: Line): boolean | Promise<boolean> {
    const next = this.#lineAhead(line);
    return next === undefined ? false : this.#meet(line, next);
  }

  next(line: Line): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { position } of this.lines) if (position > line.position && position < next) next = position;
    return next;
  }

  /** The nearest line ahead; of those at the same position an older one, so that two do not wait for each other. */
  #lineAhead(line: Line): Line | undefined {
    let next: Line | undefined;
    for (const other of this.lines) {
      if (other.isEnding || other.position < line.position) continue;
      if (other === line || (other.position === line.position && other.number > line.number)) continue;
      if (next === undefined || other.position < next.position) next = other;
    }
    return next;
  }

  async #meet(line: Line, next: Line): Promise<boolean> {
    const page = await this.pages.behind(line.position, line);
    if (page.upTo < next.position) return false;
    const meeting = this.#turn.then(() => this.#meetWithin(page, line));
    this.#turn = meeting.catch(() => undefined);
    return await meeting;
  }

  /** Lets a line meet the one that is ahead of it now, if it can be reached within a page. */
  async #meetWithin({ upTo }: Page, line: Line): Promise<boolean> {
    const next = this.#lineAhead(line);
    if (line.isEnding || next === undefined || upTo < next.position) return false;
    try {
      return await next.between(async () => {
        while (line.position < next.position && !line.isEnding && !next.isEnding) await line.advance(next.position);
        if (next.isEnding) throw new Interrupted("The line ahead ends");
        if (line.isEnding) return false;
        await line.between(() => next.absorb(line));
        return true;
      });
    } catch (error) {
      // The other line has ended: this one goes on alone.
      if (error instanceof Interrupted && !line.isEnding) return false;
      throw error;
    }
  }
}
