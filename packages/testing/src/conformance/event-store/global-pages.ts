import { deepEqual, equal, ok } from "node:assert/strict";

import type { GlobalPage, GlobalRange } from "@tidemark/core/adapter";

import { testRunner } from "../test-runner";
import { range, request, storedNote } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

const WRITERS = 32;
const ROUNDS = 8;

/** Readers that wait this long for events that were acknowledged have skipped them. */
const PATIENCE_MS = 60_000;

export function globalPages(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** With an array of this realm: in the sandbox of a test runner those of a native driver are of another one. */
  const read = async (range: GlobalRange): Promise<GlobalPage> => {
    const { messages, upTo, atEnd } = await at.adapter.log.readAll(range);
    return { messages: Array.from(messages), upTo, atEnd };
  };
  const numbersIn = ({ messages }: Pick<GlobalPage, "messages">) =>
    messages.map(({ data }) => (JSON.parse(data) as { n: number }).n);
  const append = async (stream: string, ...numbers: readonly number[]): Promise<number> => {
    const [appended] = await at.adapter.log.append([
      request(
        stream,
        numbers.map((n) => storedNote(n)),
      ),
    ]);
    return appended!.globalPosition;
  };

  it("reaches nowhere in an empty store, and never back behind a reader", async () => {
    deepEqual(await read({ after: 0, limit: 10 }), { messages: [], upTo: 0, atEnd: true });
    deepEqual(await read({ after: 7, limit: 10 }), { messages: [], upTo: 7, atEnd: true });
    deepEqual(await read({ after: 7, limit: 10, categories: ["a"] }), { messages: [], upTo: 7, atEnd: true });
  });

  it("reaches up to its last event where more follow, and says whether any do", async () => {
    const positions = [];
    for (const n of range(7)) positions.push(await append(`a-${n % 2}`, n));
    const first = await read({ after: 0, limit: 3 });
    deepEqual([numbersIn(first), first.upTo, first.atEnd], [[0, 1, 2], positions[2], false]);
    const second = await read({ after: first.upTo, limit: 3 });
    deepEqual([numbersIn(second), second.upTo, second.atEnd], [[3, 4, 5], positions[5], false]);
    const last = await read({ after: second.upTo, limit: 3 });
    deepEqual([numbersIn(last), last.upTo, last.atEnd], [[6], positions[6], true]);
    const whole = await read({ after: 0, limit: 7 });
    deepEqual([numbersIn(whole), whole.upTo, whole.atEnd], [range(7), positions[6], true]);
    const none = await read({ after: last.upTo, limit: 3 });
    deepEqual([numbersIn(none), none.upTo, none.atEnd], [[], positions[6], true]);
  });

  it("gives every event once to whoever follows `upTo`, whatever the size of the pages", async () => {
    for (const n of range(20)) await append(`${"abc"[n % 3]}-${n % 2}`, 2 * n, 2 * n + 1);
    const wanted: Readonly<Record<string, (n: number) => boolean>> = {
      a: (n) => Math.floor(n / 2) % 3 === 0,
      b: (n) => Math.floor(n / 2) % 3 === 1,
    };
    for (const limit of [1, 2, 3, 7, 39, 40, 41]) {
      deepEqual(await followed({ limit }), range(40), `pages of ${limit}`);
      deepEqual(await followed({ limit, categories: ["a"] }), range(40).filter(wanted.a!), `pages of ${limit}`);
      deepEqual(
        await followed({ limit, categories: ["b", "nobody", "a", "b"] }),
        range(40).filter((n) => wanted.a!(n) || wanted.b!(n)),
        `pages of ${limit} of two categories`,
      );
    }
  });

  const followed = async (pages: Omit<GlobalRange, "after">): Promise<number[]> => {
    const numbers: number[] = [];
    for (let after = 0; ; ) {
      const page = await read({ ...pages, after });
      ok(page.messages.length <= pages.limit);
      numbers.push(...numbersIn(page));
      if (page.atEnd) return numbers;
      ok(page.upTo > after, `a page after ${after} reaches up to ${page.upTo}`);
      after = page.upTo;
    }
  };

  it("tells a reader of some categories how far the whole log is settled", async () => {
    const first = await append("a-1", 0);
    const last = await append("b-1", ...range(50, 1));
    for (const categories of [["a"], ["nobody"], ["a", "nobody"]]) {
      const page = await read({ after: 0, limit: 10, categories });
      deepEqual([numbersIn(page), page.upTo, page.atEnd], [categories.includes("a") ? [0] : [], last, true]);
    }
    const later = await read({ after: first, limit: 10, categories: ["a"] });
    deepEqual([numbersIn(later), later.upTo, later.atEnd], [[], last, true]);
    const end = await append("c-1", 51);
    deepEqual((await read({ after: last, limit: 10, categories: ["a", "b"] })).upTo, end);
  });

  it("reads several categories in one order, whatever the order of their names, and none where none is named", async () => {
    for (const n of range(30)) await append(`${["user", "superuser", "user_x", "userAx", "User"][n % 5]}-1`, n);
    const only = (...remainders: readonly number[]) => range(30).filter((n) => remainders.includes(n % 5));
    const categories = async (...categories: readonly string[]) =>
      numbersIn(await read({ after: 0, limit: 100, categories }));
    deepEqual(await categories("user", "User"), only(0, 4));
    deepEqual(await categories("userAx", "user_x", "userAx"), only(2, 3));
    deepEqual(await categories("us%", "use_", "USER", "user", "", "*"), only(0));
    const none = await read({ after: 0, limit: 100, categories: [] });
    deepEqual([numbersIn(none), none.atEnd], [[], true]);
  });

  it("tells whoever asks for no category how far the log is settled, and gives no event", async () => {
    const end = async (after: number) => read({ after, limit: 1, categories: [] });
    deepEqual(await end(0), { messages: [], upTo: 0, atEnd: true });
    const first = await append("a-1", 0);
    deepEqual(await end(0), { messages: [], upTo: first, atEnd: true });
    const last = await append("b-1", ...range(50, 1));
    for (const after of [0, first, last - 1, last])
      deepEqual(await end(after), { messages: [], upTo: last, atEnd: true });
    deepEqual(await end(last + 7), { messages: [], upTo: last + 7, atEnd: true });
  });

  it("reads hundreds of categories at once", async () => {
    const names = range(350).map((n) => `c${n}`);
    const requests = names.map((name, n) => request(`${name}-1`, [storedNote(n)]));
    await at.adapter.log.append([...requests, request("other-1", [storedNote(-1)])]);
    deepEqual(await followed({ limit: 40, categories: names.toReversed() }), range(350));
  });

  it("skips no event that commits late, for readers of one category, of several and of all", async () => {
    const writers = [at.adapter, at.conformance.abilities.sharedByProcesses ? await at.another() : at.adapter];
    const readers = [undefined, ["a"], ["c", "a"], ["d"]].map((categories) => new Reader(read, categories));
    let appended = 0;
    for (const round of range(ROUNDS)) {
      // Reads and appends are under way at the same time in every round.
      const reading = readers.map((reader) => reader.readOn());
      const writing = range(WRITERS).map((writer) => {
        const name = `${"abcd"[writer % 4]}-${writer}`;
        const other = `${"abcd"[(writer + round) % 4]}-shared`;
        return writers[writer % 2]!.log.append([
          request(name, [storedNote(appended++)]),
          ...(writer % 3 === 0 ? [request(other, [storedNote(appended++), storedNote(appended++)])] : []),
        ]);
      });
      for (const reader of readers) reading.push(reader.readOn());
      await Promise.all([...reading, ...writing]);
    }
    const { messages } = await readers[0]!.untilSeen(appended, read);
    const expected = messages.map(({ id, category, globalPosition }) => ({ id, category, globalPosition }));
    equal(expected.length, appended);
    for (const reader of readers) {
      await reader.catchUp();
      deepEqual(
        reader.seen,
        expected.filter(({ category }) => reader.wants(category)).map(({ id }) => id),
      );
    }
  });
}

/** Follows the global order from page to page as a subscription does. */
class Reader {
  /** The ids of the events seen, in the order of reading. */
  readonly seen: string[] = [];
  private after = 0;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly read: (range: GlobalRange) => Promise<GlobalPage>,
    private readonly categories: readonly string[] | undefined,
  ) {}

  wants(category: string): boolean {
    return this.categories?.includes(category) ?? true;
  }

  /** Reads one page more, after those that are being read. @returns whether it was the last one. */
  readOn(): Promise<boolean> {
    const { categories } = this;
    const next = this.reading.then(async () => {
      const { messages, upTo, atEnd } = await this.read({
        after: this.after,
        limit: 20,
        ...(categories && { categories }),
      });
      for (const { id, globalPosition } of messages) {
        ok(
          globalPosition > this.after && globalPosition <= upTo,
          `${globalPosition} after ${this.after} up to ${upTo}`,
        );
        this.seen.push(id);
      }
      this.after = upTo;
      return atEnd;
    });
    this.reading = next;
    return next;
  }

  async catchUp(): Promise<void> {
    while (!(await this.readOn()));
  }

  /** Waits until all events are settled. @returns them. */
  async untilSeen(count: number, read: (range: GlobalRange) => Promise<GlobalPage>): Promise<GlobalPage> {
    for (const start = performance.now(); ; ) {
      await this.catchUp();
      const page = await read({ after: 0, limit: 10_000 });
      if (page.messages.length >= count || performance.now() - start > PATIENCE_MS) return page;
    }
  }
}
