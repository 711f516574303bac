import { SingleBar } from "cli-progress";

/** Shows how far a bulk run has come. */
export interface Progress {
  step(failed: boolean): void;
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
  if (!isWanted || !stream.isTTY) return { step: () => {}, end: () => {} };
  // No cursor to hide and no exit to be graceful about: a second Ctrl-C ends the process without any clean-up.
  const bar = new SingleBar({
    stream,
    format: "Snapshots [{bar}] {value}/{total}, {failed} failed",
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false,
  });
  let failures = 0;
  bar.start(await total(), 0, { failed: failures });
  return {
    step: (failed) => {
      if (failed) failures++;
      bar.increment({ failed: failures });
    },
    end: () => bar.stop(),
  };
}
