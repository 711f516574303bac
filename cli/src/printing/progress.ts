import type { Io } from "../io/io";

/** Shows how much of a bulk run is done. */
interface Progress {
  step(failed: boolean): void;
  /** Removes the bar from the screen while `print` writes there. */
  aside(print: () => Promise<void>): Promise<void>;
  /** Removes the bar from the screen. */
  end(): void;
}

/**
 * Starts a progress bar on a terminal. Shows nothing elsewhere, because a log file would be filled by a moving bar.
 *
 * @param options.name what is counted.
 * @param options.total counts the steps of the run; called only when the bar is shown.
 */
export async function startProgress(
  stream: Io["stderr"],
  {
    name = "Snapshots",
    isWanted,
    total,
  }: { readonly name?: string; readonly isWanted: boolean; readonly total: () => Promise<number> },
): Promise<Progress> {
  if (!isWanted || !stream.isTTY) return { step: () => {}, aside: (print) => print(), end: () => {} };
  const { SingleBar } = require("cli-progress") as typeof import("cli-progress");
  // The cursor stays visible, because a second Ctrl-C ends the process without a chance to show it again.
  const bar = new SingleBar({
    stream,
    format: `${name} [{bar}] {value}/{total}, {failed} failed`,
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false,
  });
  let [steps, failures] = [0, 0];
  const all = await total();
  const start = () => bar.start(all, steps, { failed: failures });
  start();
  return {
    step: (failed) => {
      steps++;
      if (failed) failures++;
      bar.increment({ failed: failures });
    },
    aside: async (print) => {
      bar.stop();
      await print();
      start();
    },
    end: () => bar.stop(),
  };
}
