import { trace } from "@opentelemetry/api";

import { openShop } from "../commands/later/shop";
import { recordedSpans } from "./recorded-spans";

describe("the spans of commands that run later", () => {
  const exporter = recordedSpans();

  it("are linked to the trace in which the command was put into the queue, and hold what its handler does", async () => {
    const { domain, Pay, events } = await openShop();
    const job = await trace.getTracer("test").startActiveSpan("enqueue", async (span) => {
      const handle = await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
      span.end();
      return handle;
    });
    await domain.catchUp();
    const spans = exporter.getFinishedSpans();
    const enqueue = spans.find(({ name }) => name === "enqueue")!;
    const run = spans.find(({ name }) => name === "tidemark.command.run")!;
    const save = spans.find(({ name }) => name === "tidemark.aggregate.save")!;
    expect(run.attributes).toEqual({
      "tidemark.command": "Shop.Pay.v1",
      "tidemark.command.id": job.id,
      "tidemark.command.attempt": 1,
    });
    expect(run.links.map(({ context }) => context.spanId)).toEqual([enqueue.spanContext().spanId]);
    expect(save.parentSpanContext?.spanId).toBe(run.spanContext().spanId);
    const [paid] = await events();
    expect(paid?.metadata.traceparent).toContain(save.spanContext().spanId);
    await domain.close();
  });

  it("carry the error of an attempt that fails", async () => {
    const { domain, Pay, hooks } = await openShop({
      config: { server: { embedded: false }, processing: { retry: { attempts: 0 } } },
    });
    hooks.before = () => {
      throw new TypeError("x is undefined");
    };
    await domain.process(new Pay({ tillId: "a", amount: 5 }), { asynchronous: true });
    await domain.catchUp();
    const [run] = exporter.getFinishedSpans().filter(({ name }) => name === "tidemark.command.run");
    expect(run).toMatchObject({ links: [], status: { message: "x is undefined" } });
    await domain.close();
  });
});
