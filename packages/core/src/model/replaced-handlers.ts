import type { Report } from "./domain-problem";
import type { EventHandlerModel } from "./event-handler-model";
import { twinsOf } from "./names";

/**
 * Reports handlers that cannot take the place of another one: of themselves, of one that is still declared, or of one that a second
 * handler replaces too.
 *
 * @param declared the names of all subscriptions.
 */
export function checkReplacedHandlers(
  handlers: readonly EventHandlerModel[],
  declared: readonly string[],
  report: Report,
): void {
  const replacing = handlers.filter(({ replaces }) => replaces !== undefined);
  for (const { name, replaces } of replacing) {
    const written = `${name} replaces ${JSON.stringify(replaces)}`;
    if (replaces === name) report(`${written}, which is its own name; leave "replaces" out`, name);
    else if (declared.includes(replaces as string))
      report(`${written}, which is still declared; remove that one, or leave "replaces" out`, name);
  }
  for (const [replaced, twins] of twinsOf(replacing, ({ replaces }) => replaces as string)) {
    if (declared.includes(replaced)) continue;
    const names = twins.map(({ name }) => name).join(" and ");
    report(`${names} both replace ${JSON.stringify(replaced)}; only one can go on where that one stands`);
  }
}
