import type { Instances } from "../commands/instances";
import type { SubscriptionsConfig } from "../config/server-config";
import type { EventHandlerModel } from "../model/event-handler-model";
import { type AroundCall, EventHandlerConsumer } from "./event-handler-consumer";
import type { CommandsOfHandlers } from "./handler-context";

/** Makes what subscriptions feed of event handlers. The configuration of a single one wins over its declaration. */
export function eventHandlerConsumers(
  models: readonly EventHandlerModel[],
  {
    instances,
    commands,
    around,
  }: { readonly instances: Instances; readonly commands: CommandsOfHandlers; readonly around: AroundCall },
  { named, ...config }: SubscriptionsConfig,
): readonly EventHandlerConsumer[] {
  return models.map((model) => {
    const own = named.get(model.name);
    return new EventHandlerConsumer({
      model,
      instances,
      commands,
      around,
      lane: own?.lane ?? model.lane,
      retry: { ...config.retry, ...model.retry, ...own?.retry },
      onFailure: own?.onFailure ?? model.onFailure ?? config.onFailure,
      timeoutMs: own?.timeoutMs ?? model.timeoutMs ?? config.timeoutMs,
      batch: own?.batch ?? config.batch,
    });
  });
}
