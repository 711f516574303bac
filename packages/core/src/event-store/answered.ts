import type { Answer } from "./event-store-adapter";

/** Goes on with an answer: at once where it is there already, since each promise between costs a turn of the microtasks. */
export function answered<T, R>(answer: Answer<T>, next: (value: T) => Answer<R>): Answer<R> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}
