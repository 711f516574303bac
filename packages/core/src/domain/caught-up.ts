import type { QueuedCommandStatus } from "../commands/later/queued-command-status";
import type { CatchUpOptions, CaughtUpEvents } from "../subscriptions/catch-up";
import type { Consumption } from "./consumption";

/** What came of catching up. */
export interface CaughtUp extends CaughtUpEvents {
  /** The commands that were parked meanwhile, until somebody lets them wait again; absent where none was. */
  readonly parkedCommands?: readonly QueuedCommandStatus[];
}

/** Runs what there is to do until nothing is left, and tells what has failed for good meanwhile. @throws as `CatchUp.run` does. */
export async function catchUp(
  consumption: Pick<Consumption, "catchUp" | "later" | "operating" | "viewsSettled">,
  options: CatchUpOptions | undefined,
): Promise<CaughtUp> {
  const { later, operating } = consumption;
  const ids = new Set<string>();
  const stop = later.signs.onParked(({ id }) => ids.add(id));
  try {
    const caughtUp = await consumption.catchUp.run(options);
    await consumption.viewsSettled();
    const parkedCommands = ids.size === 0 ? [] : await operating.commands.parkedAmong([...ids]);
    return parkedCommands.length === 0 ? caughtUp : { ...caughtUp, parkedCommands };
  } finally {
    stop();
  }
}
