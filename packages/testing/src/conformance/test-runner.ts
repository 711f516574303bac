/** The part of a test runner that the suites need. */
interface TestRunner {
  describe(title: string, body: () => void): void;
  /** @param timeoutMs how long it may take; 5 minutes where absent. */
  it(title: string, body: () => Promise<void>, timeoutMs?: number): void;
  beforeEach(body: () => Promise<void>): void;
  afterEach(body: () => Promise<void>): void;
}

/** For jest, whose 5 seconds are short for 100,000 events on a slow disk. */
const TIMEOUT_MS = 300_000;

/** jest, or whatever else offers the same globals; node's own runner where there are none. */
export function testRunner(): TestRunner {
  const runner = globalThis as Partial<TestRunner> & { it?: (title: string, body: unknown, timeout?: number) => void };
  const { describe, it, beforeEach, afterEach } = runner;
  if (describe && it && beforeEach && afterEach) {
    return { describe, it: (title, body, timeoutMs = TIMEOUT_MS) => it(title, body, timeoutMs), beforeEach, afterEach };
  }
  // Loading it registers a harness that reports when the process ends, so only where it is needed.
  const node = process.getBuiltinModule("node:test");
  return {
    describe: (title, body) => void node.describe(title, body),
    it: (title, body) => void node.it(title, body),
    beforeEach: node.beforeEach,
    afterEach: node.afterEach,
  };
}
