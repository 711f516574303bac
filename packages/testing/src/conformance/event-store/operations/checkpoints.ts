import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { OperationConflictError } from "@tidemark/core";

import { testRunner } from "../../test-runner";
import { IDENTIFIERS } from "../identifiers";
import { range, request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, checkpoints, flush, lay, move, operationsOf, rowsOf, upsert } from "./sample-operations";

const WRITERS = 64;

export function checkpointsOfSubscriptions(at: StoreUnderTest): void {
  const { it } = testRunner();

  const positions = async () => (await checkpoints(at)).map(({ position }) => position);
  const raise = async (bucket = 0) => operationsOf(at).subscriptions.raiseGeneration("Accounts", bucket);

  it("lays checkpoints under generation 0 and gives them back by bucket", async () => {
    const laid = [10, 2, 0, 1].map((bucket) => ({ subscription: "Accounts", bucket, position: bucket * 7 }));
    await operationsOf(at).subscriptions.layCheckpoints(laid);
    deepEqual(
      await checkpoints(at),
      [0, 1, 2, 10].map((bucket) => ({ subscription: "Accounts", bucket, position: bucket * 7, generation: 0 })),
    );
    deepEqual(await checkpoints(at, "accounts"), []);
  });

  it("leaves a checkpoint as it is that was laid before", async () => {
    await lay(at, 5);
    await raise();
    await flush(at, move(5, 8, { generation: 1 }));
    await lay(at, 0);
    await lay(at, 0, 1);
    deepEqual(
      (await checkpoints(at)).map(({ bucket, position, generation }) => [bucket, position, generation]),
      [
        [0, 8, 1],
        [1, 0, 0],
      ],
    );
  });

  it("keeps the subscriptions of all names apart", async () => {
    const laid = IDENTIFIERS.map((subscription, position) => ({ subscription, bucket: 0, position }));
    await operationsOf(at).subscriptions.layCheckpoints(laid);
    for (const each of laid) deepEqual(await checkpoints(at, each.subscription), [{ ...each, generation: 0 }]);
  });

  it("moves a checkpoint from where it is, up to the largest position", async () => {
    await lay(at, 0);
    await lay(at, 3, 1);
    await flush(at, move(0, 7), move(3, Number.MAX_SAFE_INTEGER, { bucket: 1 }));
    deepEqual(await positions(), [7, Number.MAX_SAFE_INTEGER]);
    await flush(at, move(7, 7));
    deepEqual(await positions(), [7, Number.MAX_SAFE_INTEGER]);
  });

  it("refuses to move one that is elsewhere, under another generation, or not there, saying what it found", async () => {
    await lay(at, 5);
    await raise();
    const subject = 'checkpoint 0 of subscription "Accounts"';
    const actual = "position 5 under generation 1";
    const refusals = [
      [move(4, 9, { generation: 1 }), { subject, expected: "position 4 under generation 1", actual }],
      [move(5, 9, { generation: 0 }), { subject, expected: "position 5 under generation 0", actual }],
      [move(5, 9, { generation: 2 }), { subject, expected: "position 5 under generation 2", actual }],
      [
        move(0, 9, { bucket: 3 }),
        {
          subject: 'checkpoint 3 of subscription "Accounts"',
          expected: "position 0 under generation 0",
          actual: "none",
        },
      ],
    ] as const;
    for (const [operation, details] of refusals) {
      await rejects(flush(at, operation), { name: "OperationConflictError", code: "OPERATION_CONFLICT", details });
    }
    deepEqual(
      (await checkpoints(at)).map(({ position, generation }) => [position, generation]),
      [[5, 1]],
    );
  });

  it("keeps a former owner from moving what a new one has taken over", async () => {
    await lay(at, 0);
    deepEqual({ ...(await raise()) }, { subscription: "Accounts", bucket: 0, position: 0, generation: 1 });
    await flush(at, move(0, 3, { generation: 1 }));
    equal((await raise())?.generation, 2);
    await rejects(flush(at, move(3, 9, { generation: 1 })), { code: "OPERATION_CONFLICT" });
    await flush(at, move(3, 4, { generation: 2 }));
    deepEqual(await positions(), [4]);
  });

  it("raises the generation of one checkpoint, by one for each of 32 that do so at once", async () => {
    await lay(at, 6);
    await lay(at, 7, 1);
    const raised = await Promise.all(range(32).map(() => raise()));
    deepEqual(
      raised.map((each) => each?.generation).sort((a, b) => a! - b!),
      range(32, 1),
    );
    deepEqual(
      (await checkpoints(at)).map(({ position, generation }) => [position, generation]),
      [
        [6, 32],
        [7, 0],
      ],
    );
    equal(await raise(2), undefined);
    equal(await operationsOf(at).subscriptions.raiseGeneration("nobody", 0), undefined);
  });

  const exactlyOne = (title: string, write: (writer: number) => Promise<unknown>) =>
    it(`lets exactly one of ${WRITERS} concurrent ${title} move a checkpoint, and stores nothing of the others`, async () => {
      await operationsOf(at).readModels.createTable(ACCOUNTS);
      await lay(at, 0);
      const outcomes = await Promise.allSettled(range(WRITERS).map((writer) => write(writer)));
      const winners = range(WRITERS).filter((index) => outcomes[index]?.status === "fulfilled");
      equal(winners.length, 1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") ok(outcome.reason instanceof OperationConflictError, String(outcome.reason));
      }
      deepEqual(await positions(), [winners[0]! + 1]);
      deepEqual(
        await rowsOf(at, ...range(WRITERS).map((writer) => `${writer}`)),
        winners.map((writer) => [`${writer}`, writer]),
      );
      const { messages } = await at.adapter.log.readAll({ after: 0, limit: WRITERS });
      deepEqual(
        Array.from(messages, ({ stream }) => stream),
        title === "appends" ? winners.map((writer) => `account-${writer}`) : [],
      );
    });

  const changes = (writer: number) => [upsert([`${writer}`, writer]), move(0, writer + 1)];
  exactlyOne("flushes", (writer) => flush(at, ...changes(writer)));
  exactlyOne("appends", (writer) =>
    at.adapter.log.append([request(`account-${writer}`, [storedNote(writer)], -1)], { also: changes(writer) }),
  );
}
