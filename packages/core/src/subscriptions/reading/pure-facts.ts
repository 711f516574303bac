import { EventFacts } from "./event-facts";

/** The facts about an event for methods that reach nothing outside: there is one attempt, and nothing to give up. */
export class PureFacts extends EventFacts {
  get attempt(): number {
    return 1;
  }

  get signal(): AbortSignal {
    return NEVER;
  }
}

const NEVER = new AbortController().signal;
