import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";

import { MemoryEventStore } from "../../src/index";
import { bank } from "../fixtures/bank";
import { recordedSpans } from "./recorded-spans";

const exporter = recordedSpans();

const shown = ({ name, attributes }: ReadableSpan) => ({ name, attributes });

describe("spans", () => {
  it("of a load from the cache tells at which version it began", async () => {
    const { domain, Account } = bank({ config: { snapshot_threshold: 0, cache: { max_aggregates: 1 } } });
    await domain.init();
    const accounts = domain.repositoryFor(Account);
    const account = Account.open("ACC-1", "Alice", 10, "1");
    await accounts.add(account);
    await accounts.get("1");
    account.deposit(5);
    await accounts.add(account);
    exporter.reset();
    await accounts.get("1");
    expect(exporter.getFinishedSpans().map(shown)).toEqual([
      {
        name: "tidemark.aggregate.load",
        attributes: {
          "tidemark.aggregate": "Account",
          "tidemark.stream": "fidelis::account-1",
          "tidemark.version": 1,
          "tidemark.cache.version": 1,
          "tidemark.events.replayed": 1,
        },
      },
    ]);
  });

  it("of a save tell its stream, version and events, and hold the span of the snapshot it wrote", async () => {
    const { domain, Account } = bank({ config: { snapshot_threshold: 2 } });
    await domain.init();
    const account = Account.open("ACC-1", "Alice", 10, "1");
    account.deposit(5);
    await domain.repositoryFor(Account).add(account);
    const [write, save] = exporter.getFinishedSpans();
    expect([write, save].map((span) => shown(span as ReadableSpan))).toEqual([
      {
        name: "tidemark.snapshot.write",
        attributes: {
          "tidemark.aggregate": "Account",
          "tidemark.stream": "fidelis::account:snapshot-1",
          "tidemark.snapshot.version": 1,
          "tidemark.snapshot.encoding": "json",
          "tidemark.reason": "threshold",
        },
      },
      {
        name: "tidemark.aggregate.save",
        attributes: {
          "tidemark.aggregate": "Account",
          "tidemark.stream": "fidelis::account-1",
          "tidemark.version": 1,
          "tidemark.snapshot.version": -1,
          "tidemark.events.saved": 2,
        },
      },
    ]);
    expect(write?.parentSpanContext?.spanId).toBe(save?.spanContext().spanId);
    expect(exporter.getFinishedSpans()).toHaveLength(2);
    await domain.close();
  });

  it("of a load tell where it began and how many events it folded", async () => {
    const { domain, Account } = bank({ config: { snapshot_threshold: 0 } });
    await domain.init();
    const accounts = domain.repositoryFor(Account);
    await accounts.add(Account.open("ACC-1", "Alice", 10, "1"));
    await domain.createSnapshot(Account, "1");
    await accounts.update("1", (account) => {
      account.deposit(1);
      account.deposit(2);
    });
    exporter.reset();
    await accounts.get("1");
    await accounts.find("nobody");
    expect(exporter.getFinishedSpans().map(shown)).toEqual([
      {
        name: "tidemark.aggregate.load",
        attributes: {
          "tidemark.aggregate": "Account",
          "tidemark.stream": "fidelis::account-1",
          "tidemark.version": 2,
          "tidemark.snapshot.version": 0,
          "tidemark.events.replayed": 2,
        },
      },
      {
        name: "tidemark.aggregate.load",
        attributes: {
          "tidemark.aggregate": "Account",
          "tidemark.stream": "fidelis::account-nobody",
          "tidemark.version": -1,
          "tidemark.snapshot.version": -1,
          "tidemark.events.replayed": 0,
        },
      },
    ]);
    await domain.close();
  });

  it("of a save that fails carry the error, and belong to the caller's span", async () => {
    const { domain, Account } = bank({ config: { snapshot_threshold: 0 } });
    await domain.init();
    const accounts = domain.repositoryFor(Account);
    await accounts.add(Account.open("ACC-1", "Alice", 10, "1"));
    exporter.reset();
    await trace.getTracer("test").startActiveSpan("request", async (request) => {
      await expect(accounts.add(Account.open("ACC-1", "Alice", 10, "1"))).rejects.toMatchObject({
        code: "EXPECTED_VERSION_MISMATCH",
      });
      request.end();
    });
    const [save, request] = exporter.getFinishedSpans();
    expect(save?.status.code).toBe(SpanStatusCode.ERROR);
    expect(save?.events.map(({ name }) => name)).toEqual(["exception"]);
    expect(save?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
    await domain.close();
  });

  it("of aggregates saved together are one each", async () => {
    const { domain, Account } = bank();
    await domain.init();
    await domain.unitOfWork(async () => {
      for (const id of ["1", "2"]) await domain.repositoryFor(Account).add(Account.open(`ACC-${id}`, "Alice", 10, id));
    });
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes["tidemark.stream"])).toEqual([
      "fidelis::account-1",
      "fidelis::account-2",
    ]);
    await domain.close();
  });

  it("of a background write belong to the save that asked for it", async () => {
    const { domain, Account } = bank({ config: { snapshot_threshold: 1, snapshots: { mode: "background" } } });
    await domain.init();
    await domain.repositoryFor(Account).add(Account.open("ACC-1", "Alice", 10, "1"));
    await domain.drainSnapshots();
    const [save, write] = exporter.getFinishedSpans();
    expect([save?.name, write?.name]).toEqual(["tidemark.aggregate.save", "tidemark.snapshot.write"]);
    expect(write?.parentSpanContext?.spanId).toBe(save?.spanContext().spanId);
    await domain.close();
  });

  it("enclose those of the store's driver", async () => {
    const eventStore = new MemoryEventStore();
    const append = eventStore.log.append.bind(eventStore.log);
    eventStore.log.append = (...args) => {
      trace.getTracer("driver").startSpan("INSERT").end();
      return append(...args);
    };
    const { domain, Account } = bank({ eventStore });
    await domain.init();
    await domain.repositoryFor(Account).add(Account.open("ACC-1", "Alice", 10, "1"));
    const [insert, save] = exporter.getFinishedSpans();
    expect(insert?.parentSpanContext?.spanId).toBe(save?.spanContext().spanId);
    await domain.close();
  });
});
