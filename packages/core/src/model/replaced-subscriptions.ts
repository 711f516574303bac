import type { Report } from "./domain-problem";
import { twinsOf } from "./names";

/** What may go on where another one of its kind stands. */
interface Replacing {
  readonly name: string;
  /** The name of the one whose place it takes. */
  readonly replaces?: string | undefined;
}

/**
 * Reports event handlers, or process managers, that cannot take the place of another one: of themselves, of one that is still declared, or
 * of one that a second one replaces too.
 *
 * @param declared the names of all subscriptions.
 */
export function checkReplaced(all: readonly Replacing[], declared: readonly string[], report: Report): void {
  const replacing = all.filter(({ replaces }) => replaces !== undefined);
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
