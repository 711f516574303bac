import { SingleBar } from "cli-progress";

/** Shows how far a bulk run has come. */
export interface Progress {
  step(failed: boolean): void;
  /** Takes the bar off the screen while something else is printed there. */
  aside(print: () => Promise<void>): Promise<void>;
  /** Takes the bar off the screen. */
  end(): void;
}

/**
 * A bar on a terminal; nothing anywhere else, since a log file wants no moving picture.
 *
 * @param total how many steps there will be; asked only when the bar is shown.
 */
export async function startProgress(
  stream: NodeJS.WriteStream,
  { isWanted, total }: { isWanted: boolean; total: () => Promise<number> },
): Promise<Progress> {
  if (!isWanted || !stream.isTTY) return { step: () => {}, aside: (print) => print(), end: () => {} };
  // No cursor to hide and no exit to be graceful about: a second Ctrl-C ends the process without any clean-up.
  const bar = new SingleBar({
    stream,
    format: "Snapshots [{bar}] {value}/{total}, {failed} failed",
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
