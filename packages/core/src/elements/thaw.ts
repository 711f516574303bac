import { isChangeable, thawed } from "../schema/copying";

/**
 * An event as a replay would hand it to its `@apply` method. Without nested values the frozen event itself will
 * do. With them the method may keep a part as its aggregate's state and change it later, so it gets a copy of its own: state
 * then comes out the same live and replayed, and an event never changes.
 */
export function thaw<E extends object>(event: E): E {
  for (const value of Object.values(event)) {
    if (isChangeable(value)) return thawed(event) as E;
  }
  return event;
}
