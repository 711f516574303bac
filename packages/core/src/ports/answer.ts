/** A value from an embedded store, or a promise of it from a store behind a network. */
export type Answer<T> = T | Promise<T>;

/** Continues with an answer, at once where it is there already: each promise costs a turn of the microtask queue. */
export function answered<T, R>(answer: Answer<T>, next: (value: T) => Answer<R>): Answer<R> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

/** Does a work and calls `end` after it, whether it succeeds or fails; at once where its answer is there already. */
export function ending<T>(work: () => Answer<T>, end: () => void): Answer<T> {
  let answer: Answer<T>;
  try {
    answer = work();
  } catch (error) {
    end();
    throw error;
  }
  if (answer instanceof Promise) return endedBy(answer, end);
  end();
  return answer;
}

/** Waits for an answer and calls `end` after it. Two functions cost less than an `async` one: it would make another promise. */
function endedBy<T>(answer: Promise<T>, end: () => void): Promise<T> {
  return answer.then(
    (value) => {
      end();
      return value;
    },
    (error) => {
      end();
      throw error;
    },
  );
}
