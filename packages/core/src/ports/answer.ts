/** A value at once, as an embedded store has it, or a promise of it, as a store behind a network has. */
export type Answer<T> = T | Promise<T>;

/** Continues with an answer, at once where it is there already: each promise costs a turn of the microtask queue. */
export function answered<T, R>(answer: Answer<T>, next: (value: T) => Answer<R>): Answer<R> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}
