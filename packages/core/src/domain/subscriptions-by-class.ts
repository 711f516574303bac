import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import type { DomainModel } from "../model/domain-model";
import { subscriptionOf } from "../projections/projection-consumer";
import { didYouMean } from "../wording/did-you-mean";
import { twinHint } from "../wording/twin-class";

/**
 * Makes the function that finds the subscription of a class, by the identity of its checkpoints. Undefined for an inline projection, which
 * has applied everything that is stored.
 *
 * @returns a function that throws IncorrectUsageError for another class.
 */
export function subscriptionsByClass(
  domain: string,
  { projections, sqlProjectors, eventHandlers, processManagers }: DomainModel,
): (type: Class) => string | undefined {
  const subscriptions = new Map<unknown, string | undefined>();
  for (const [type, model] of projections)
    subscriptions.set(type, model.mode === "inline" ? undefined : subscriptionOf(model));
  for (const { type, name } of sqlProjectors) subscriptions.set(type, name);
  for (const { handler, name } of eventHandlers) if ("type" in handler) subscriptions.set(handler.type, name);
  for (const [type, { name }] of processManagers) subscriptions.set(type, name);
  return (type) => {
    if (subscriptions.has(type)) return subscriptions.get(type);
    const name = typeof type === "function" ? type.name : String(type);
    const known = Array.from(subscriptions.keys(), (each) => (each as Class).name);
    throw new IncorrectUsageError(
      `Cannot wait for ${name}: it is not a registered projection, event handler or process manager of domain ${JSON.stringify(domain)}` +
        (twinHint(name, known) || didYouMean(name, known)),
    );
  };
}
