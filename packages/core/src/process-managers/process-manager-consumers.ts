import type { SubscriptionsConfig } from "../config/server-config";
import type { Class } from "../metadata/class-types";
import type { CommandModel } from "../model/command-model";
import type { ProcessManagerModel } from "../model/process-manager-model";
import type { ProcessFeedParts } from "./process-feed";
import { ProcessManagerConsumer } from "./process-manager-consumer";
import { ProcessSteps } from "./process-step";

/** What the consumers of all process managers share. */
interface SharedParts extends Pick<ProcessFeedParts, "states" | "log" | "shared" | "now" | "logWarning" | "stored"> {
  /** The lanes that servers can run. */
  readonly lanes: () => readonly string[];
}

/** Makes what subscriptions feed of process managers. The configuration of a single one wins over its declaration. */
export function processManagerConsumers(
  models: Iterable<ProcessManagerModel>,
  commands: ReadonlyMap<Class, CommandModel>,
  { lanes, ...parts }: SharedParts,
  { named, ...config }: SubscriptionsConfig,
): readonly ProcessManagerConsumer[] {
  return Array.from(models, (model) => {
    const own = named.get(model.name);
    const steps = new ProcessSteps({ ...model, lane: own?.lane ?? model.lane }, commands, lanes);
    const onFailure = own?.onFailure ?? model.onFailure ?? config.onFailure;
    return new ProcessManagerConsumer({ ...parts, steps, onFailure, batch: own?.batch ?? config.batch });
  });
}
