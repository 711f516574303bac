import type { Io } from "../io/io";
import { duration, grouped } from "./quantities";

/** How far a long work is. */
interface WorkState {
  /** What is being done: `Folding`. */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** What is counted: `events`. */
  readonly unit: string;
  /** What else there is to say: `1,200 rows`. */
  readonly aside?: string;
}

interface WorkProgress {
  update(state: WorkState): void;
  /** Removes the bar from the screen. */
  end(): void;
}

/** Shows a bar with what is done and the time that is left, on a terminal only. */
export function startWorkProgress(stream: Io["stderr"], { isWanted }: { readonly isWanted: boolean }): WorkProgress {
  if (!isWanted || !stream.isTTY) return { update: () => {}, end: () => {} };
  const { SingleBar } = require("cli-progress") as typeof import("cli-progress");
  // The cursor stays visible, because a second Ctrl-C ends the process without a chance to show it again.
  const bar = new SingleBar({
    stream,
    format: "{phase} [{bar}] {shown} {unit}{more}",
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false,
  });
  const begun = performance.now();
  let isStarted = false;
  return {
    update: ({ phase, done, total, unit, aside }) => {
      const all = Math.max(total, done);
      const more = [aside, restInWords(done, all, performance.now() - begun)].flatMap((part) => part ?? []);
      const shown = `${grouped(done)}/${grouped(all)}`;
      const payload = { phase, shown, unit, more: more.map((part) => `, ${part}`).join("") };
      if (!isStarted) bar.start(all, done, payload);
      isStarted = true;
      bar.setTotal(all);
      bar.update(done, payload);
    },
    end: () => bar.stop(),
  };
}

/** `about 3 min left`; nothing before there is anything to estimate from, and at the end. */
function restInWords(done: number, total: number, elapsedMs: number): string | undefined {
  if (done === 0 || done >= total) return undefined;
  return `about ${duration((elapsedMs / done) * (total - done))} left`;
}
