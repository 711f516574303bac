/** A value from an embedded store, or a promise of it from a store behind a network. */
export type Answer<T> = T | Promise<T>;

/** Continues with an answer, at once where it is there already: each promise costs a turn of the microtask queue. */
export function answered<T, R>(answer: Answer<T>, next: (value: T) => Answer<R>): Answer<R> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}
