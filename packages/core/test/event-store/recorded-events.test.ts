import { type Reading, RecordedEvents } from "../../src/event-store/recorded-events";
import type { RecordedMessage } from "../../src/ports/stored-message";

function message(position: number, data = "{}"): RecordedMessage {
  const place = { stream: "account-1", category: "account", position, globalPosition: position + 1 };
  return { id: `e-${position}`, type: "Opened", time: 0, data, metadata: "{}", ...place };
}

/** Events 0 to `count - 1` from a store that takes its time, and the sizes of the pages that were asked for. */
function reading(count: number, rest: Partial<Reading> = {}) {
  const sizes: number[] = [];
  const page = async (start: number, size: number) => {
    sizes.push(size);
    await new Promise(setImmediate);
    const messages = Array.from({ length: Math.min(size, count - start) }, (_, index) => message(start + index));
    return { messages, next: messages.length < size ? undefined : start + size };
  };
  return { events: new RecordedEvents(() => ({ page, start: 0, limit: Number.MAX_SAFE_INTEGER, ...rest })), sizes };
}

async function positions(events: AsyncIterable<{ readonly position: number }>): Promise<number[]> {
  const found: number[] = [];
  for await (const { position } of events) found.push(position);
  return found;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("recorded events", () => {
  it("are those of all pages, in order", async () => {
    const { events, sizes } = reading(2_500);
    expect(await positions(events)).toEqual(upTo(2_500));
    expect(sizes).toEqual([1_000, 1_000, 1_000]);
  });

  it("end exactly at the limit, and a limit of 0 reads nothing", async () => {
    const some = reading(2_500, { limit: 1_200 });
    expect(await positions(some.events)).toEqual(upTo(1_200));
    expect(some.sizes).toEqual([1_000, 200]);
    const none = reading(2_500, { limit: 0 });
    expect([await positions(none.events), none.sizes]).toEqual([[], []]);
  });

  it("leave out what does not count, and do not count it", async () => {
    const { events } = reading(5_000, { limit: 1_500, counts: ({ position }) => position % 2 === 0 });
    expect(await positions(events)).toEqual(upTo(1_500).map((position) => 2 * position));
  });

  it("come in order to those who ask for several at once", async () => {
    const { events } = reading(1_002, { limit: 1_001 });
    const asked = await Promise.all(Array.from({ length: 1_003 }, () => events.next()));
    expect(asked.map(({ value }) => value?.position)).toEqual([...upTo(1_001), undefined, undefined]);
    expect(asked.map(({ done }) => done).lastIndexOf(false)).toBe(1_000);
  });

  it("are over for good when the reader leaves, also while a page is being read", async () => {
    const { events, sizes } = reading(3_000);
    for await (const { position } of events) if (position === 3) break;
    expect(await events.next()).toEqual({ done: true, value: undefined });
    const other = reading(3_000);
    const first = other.events.next();
    const left = other.events.return();
    expect([(await first).value?.position, (await left).done, (await other.events.next()).done]).toEqual([
      0,
      true,
      true,
    ]);
    expect([sizes, other.sizes]).toEqual([[1_000], [1_000]]);
  });

  it("are over after an error, which the one who asked is told of", async () => {
    const { events } = reading(10, {
      page: async () => {
        throw new Error("the store is gone");
      },
    });
    await expect(events.next()).rejects.toThrow("the store is gone");
    expect((await events.next()).done).toBe(true);
    const messages = [message(0), message(1, "{"), message(2)];
    const damaged = new RecordedEvents(() => ({ page: () => ({ messages, next: undefined }), start: 0, limit: 10 }));
    await expect(positions(damaged)).rejects.toMatchObject({ code: "DESERIALIZATION_FAILED" });
    expect((await damaged.next()).done).toBe(true);
  });

  it("can be given up with an error of the reader's own", async () => {
    const { events } = reading(10);
    await events.next();
    await expect(events.throw(new Error("enough"))).rejects.toThrow("enough");
    expect((await events.next()).done).toBe(true);
  });

  it("ask what to read when the first one is asked for", async () => {
    const begin = jest.fn(() => {
      throw new Error("from is not a number");
    });
    const events = new RecordedEvents(begin);
    expect(begin).not.toHaveBeenCalled();
    await expect(events.next()).rejects.toThrow("from is not a number");
  });
});
