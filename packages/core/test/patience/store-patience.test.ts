import { Outage } from "../../src/patience/outage";
import { READING, REPEATABLE, type Repetition, StorePatience, UNLESS_SENT } from "../../src/patience/store-patience";
import { away } from "./leaving-store";

function patience({ patienceMs = 5_000, signal }: { patienceMs?: number; signal?: AbortSignal } = {}) {
  const failed = jest.fn();
  const logged: string[] = [];
  const outage = new Outage({
    store: "the store",
    patienceMs,
    logWarning: (message) => logged.push(message),
    waiting: () => undefined,
  });
  return { patience: new StorePatience({ patienceMs, outage, signal: () => signal, failed }), failed, logged };
}

/** A call that throws each of these errors, and then answers. */
function throwing(...errors: readonly unknown[]) {
  const left = [...errors];
  let attempts = 0;
  const call = async () => {
    attempts++;
    const error = left.shift();
    if (error !== undefined) throw error;
    return "answer";
  };
  return Object.assign(call, { attempts: () => attempts });
}

const NOT_SENT = { mayHaveHappened: false };

it("gives an answer that is there at once, at once", () => {
  expect(patience().patience.call(() => 7)).toBe(7);
});

it("throws at once what has nothing to do with the store", () => {
  const { patience: repeated } = patience();
  const error = new RangeError("no");
  expect(() =>
    repeated.call(() => {
      throw error;
    }),
  ).toThrow(error);
});

it("repeats a call that throws before it has returned a promise", async () => {
  let attempts = 0;
  const call = (): number => {
    if (++attempts === 1) throw away();
    return attempts;
  };
  expect(await patience().patience.call(call)).toBe(2);
});

it("makes a call again until the store answers", async () => {
  const { patience: repeated, failed } = patience();
  const call = throwing(away(), away(NOT_SENT));
  expect(await repeated.call(call)).toBe("answer");
  expect([call.attempts(), failed.mock.calls.length]).toEqual([3, 2]);
});

it("repeats neither other errors nor outages that last", async () => {
  for (const error of [new RangeError("no"), away({ isLasting: true })]) {
    const { patience: repeated, failed, logged } = patience();
    const call = throwing(error);
    await expect(repeated.call(call)).rejects.toBe(error);
    expect([call.attempts(), failed.mock.calls.length, logged]).toEqual([1, 0, []]);
  }
});

it("stops at an error of another kind, which stands", async () => {
  const error = new RangeError("no");
  const call = throwing(away(), error);
  await expect(patience().patience.call(call)).rejects.toBe(error);
  expect(call.attempts()).toBe(2);
});

it("throws the last error when the time is over", async () => {
  const errors = Array.from({ length: 20 }, () => away());
  const call = throwing(...errors);
  const made = patience({ patienceMs: 200 }).patience.call(call);
  const thrown = await Promise.resolve(made).catch((error: unknown) => error);
  expect(errors.indexOf(thrown as (typeof errors)[0])).toBe(call.attempts() - 1);
  expect(call.attempts()).toBeGreaterThanOrEqual(3);
});

it("repeats for as long as one call asks at most, and not at all where no time is left", async () => {
  const call = throwing(away(), away());
  await expect(patience().patience.call(call, READING, { mostMs: 0 })).rejects.toThrow("it went away");
  expect(call.attempts()).toBe(1);
});

it("pauses from 50 ms to a second between two attempts, twice as long each time, varied by a quarter", async () => {
  const pauses: number[] = [];
  const random = jest.spyOn(Math, "random");
  try {
    for (const value of [0, 1 - 1e-9]) {
      random.mockReturnValue(value);
      const at: number[] = [];
      const call = async () => {
        at.push(performance.now());
        if (at.length < 5) throw away();
      };
      await patience().patience.call(call);
      pauses.push(...at.slice(1).map((time, index) => time - at[index]!));
    }
  } finally {
    random.mockRestore();
  }
  const shortest = [50, 100, 200, 400].flatMap((ms) => ms * 0.75);
  // A timer may be a millisecond early. How late it is says nothing.
  for (const [index, ms] of shortest.entries()) expect(pauses[index]).toBeGreaterThanOrEqual(ms - 2);
  for (const [index, ms] of [50, 100, 200, 400].entries())
    expect(pauses[4 + index]).toBeGreaterThanOrEqual(ms * 1.25 - 2);
});

it("ends with its signal, and with the end of all patience: the last error is thrown", async () => {
  const command = new AbortController();
  const { patience: limited } = patience({ signal: command.signal });
  const { patience: ended } = patience();
  const { patience: given } = patience();
  const one = new AbortController();
  const error = away();
  const always = async () => {
    throw error;
  };
  const calls = [limited.call(always), ended.call(always), given.call(always, READING, { signal: one.signal })];
  command.abort();
  ended.end();
  one.abort();
  for (const call of calls) await expect(call).rejects.toBe(error);
  const call = throwing(error);
  await expect(ended.call(call)).rejects.toBe(error);
  expect(call.attempts()).toBe(1);
});

it("within a work, its signal counts", async () => {
  const work = new AbortController();
  const { patience: repeated } = patience();
  const error = away();
  const call = repeated.within(work.signal).call(async () => {
    throw error;
  });
  work.abort();
  await expect(call).rejects.toBe(error);
});

describe("a call that must not happen twice", () => {
  it("is repeated where it was not sent", async () => {
    expect(await patience().patience.call(throwing(away(NOT_SENT)), UNLESS_SENT)).toBe("answer");
  });

  it("is not repeated once it may have happened", async () => {
    const error = away();
    const call = throwing(away(NOT_SENT), error);
    await expect(patience().patience.call(call, UNLESS_SENT)).rejects.toBe(error);
    expect(call.attempts()).toBe(2);
  });
});

describe("a refusal of a repetition", () => {
  const refused = jest.fn();
  const judged: Repetition = { ...REPEATABLE, refused };
  beforeEach(() => refused.mockReset());

  it("is judged where an attempt before may have happened", async () => {
    const refusal = new RangeError("no");
    refused.mockReturnValue("it was ours");
    expect(await patience().patience.call(throwing(away(), away(NOT_SENT), refusal), judged)).toBe("it was ours");
    expect(refused.mock.calls).toEqual([[refusal]]);
  });

  it("stands where none of them was sent, and where it is the first answer", async () => {
    const refusal = new RangeError("no");
    await expect(patience().patience.call(throwing(away(NOT_SENT), refusal), judged)).rejects.toBe(refusal);
    await expect(patience().patience.call(throwing(refusal), judged)).rejects.toBe(refusal);
    expect(refused).not.toHaveBeenCalled();
  });
});

describe("what is thrown for a change", () => {
  it("says that it may have happened, though the last attempt was not sent", async () => {
    const errors = [away(), ...Array.from({ length: 20 }, () => away(NOT_SENT))];
    const thrown = patience({ patienceMs: 150 }).patience.call(throwing(...errors), REPEATABLE);
    await expect(thrown).rejects.toMatchObject({
      mayHaveHappened: true,
      isLasting: false,
      message: "Cannot write to the store: it went away; an attempt before may have been stored, its answer was lost",
    });
  });

  it("says so too where the store is found to be gone for longer", async () => {
    const thrown = patience().patience.call(throwing(away(), away({ ...NOT_SENT, isLasting: true })), REPEATABLE);
    await expect(thrown).rejects.toMatchObject({ mayHaveHappened: true, isLasting: true });
  });

  it("is the last error as it is where nothing was sent, and for what only reads", async () => {
    const last = away({ ...NOT_SENT, isLasting: true });
    await expect(patience().patience.call(throwing(away(NOT_SENT), last), REPEATABLE)).rejects.toBe(last);
    await expect(patience().patience.call(throwing(away(), last), READING)).rejects.toBe(last);
  });
});
