import type { Command } from "commander";

import type { Runtime } from "./declaration";
import { declareSubscriptionsList } from "./subscriptions-list";
import { declareSubscriptionsPause } from "./subscriptions-pause";
import { declareSubscriptionsResume } from "./subscriptions-resume";
import { declareSubscriptionsSeek } from "./subscriptions-seek";
import { declareSubscriptionsShow } from "./subscriptions-show";

/** Declares the commands of `domain subscriptions`, in the order of its help. */
export function declareSubscriptionsCommands(group: Command, runtime: Runtime): void {
  declareSubscriptionsList(group, runtime);
  declareSubscriptionsShow(group, runtime);
  declareSubscriptionsPause(group, runtime);
  declareSubscriptionsResume(group, runtime);
  declareSubscriptionsSeek(group, runtime);
}
