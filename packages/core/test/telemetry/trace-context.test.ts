import { SpanKind } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";

import { bank } from "../fixtures/bank";
import { recordedSpans } from "./recorded-spans";

const exporter = recordedSpans();

const spans = (name: string): readonly ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);

const opened = { accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 };

describe("the trace of an event", () => {
  it("is stored in its metadata, and linked from the batch and the call that handle it", async () => {
    const { domain, AccountOpened, OpenAccount } = bank({ config: { server: { embedded: false } } });
    domain.on(AccountOpened, { name: "mail", startFrom: "beginning" }, async () => {
      await domain.unitOfWork(() => undefined);
    });
    await domain.init();
    const id = await domain.process(new OpenAccount(opened));
    await domain.catchUp();

    const [save] = spans("tidemark.aggregate.save");
    const { traceId, spanId } = save!.spanContext();
    const event = await domain.eventStore.readLast(`fidelis::account-${id}`);
    expect(event?.metadata.traceparent).toBe(`00-${traceId}-${spanId}-01`);

    const [call] = spans("tidemark.handler.call");
    expect({ kind: call?.kind, attributes: call?.attributes }).toEqual({
      kind: SpanKind.CONSUMER,
      attributes: {
        "tidemark.handler": "mail",
        "tidemark.event.type": "Fidelis.AccountOpened.v1",
        "tidemark.event.id": event?.id,
        "tidemark.stream": `fidelis::account-${id}`,
        "tidemark.event.position": event?.globalPosition,
      },
    });
    const consume = spans("tidemark.subscription.consume").find(({ links }) => links.length > 0);
    for (const span of [call, consume])
      expect(span?.links.map((link) => link.context)).toEqual([expect.objectContaining({ traceId, spanId })]);
    expect(call?.parentSpanContext?.spanId).toBe(consume?.spanContext().spanId);
    await domain.close();
  });

  it("is that of the call for what a handler stores", async () => {
    const { domain, Account, AccountOpened, DepositMade, OpenAccount } = bank({
      config: { server: { embedded: false } },
    });
    domain.on(AccountOpened, { name: "bonus", startFrom: "beginning" }, async (_, { aggregateId }) => {
      await domain.repositoryFor(Account).update(aggregateId, (account) => account.deposit(5));
    });
    void DepositMade;
    await domain.init();
    await domain.process(new OpenAccount(opened));
    await domain.catchUp();
    const [call] = spans("tidemark.handler.call");
    const [, save] = spans("tidemark.aggregate.save");
    expect(save?.spanContext().traceId).toBe(call?.spanContext().traceId);
    await domain.close();
  });

  it("marks the call of a handler that throws", async () => {
    const { domain, AccountOpened, OpenAccount } = bank({ config: { server: { embedded: false } } });
    domain.on(AccountOpened, { name: "mail", startFrom: "beginning", retry: { attempts: 0 } }, () => {
      throw new Error("550");
    });
    await domain.init();
    await domain.process(new OpenAccount(opened));
    await domain.catchUp().catch(() => undefined);
    const [call] = spans("tidemark.handler.call");
    expect(call?.status).toMatchObject({ message: "550" });
    expect(call?.events[0]).toMatchObject({ name: "exception" });
    await domain.close();
  });
});
