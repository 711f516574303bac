import { deepEqual, equal, match } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runSagas } from "./sagas-under-test";
import { testClock } from "./timing";

export function rejecting(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are carried out once each, in the order in which their instance has issued them", async () => {
    const { domain, begin, tell, deedsOf, processOf } = await runSagas(at.adapter);
    const notes = Array.from({ length: 12 }, (_, index) => `deed ${index}`);
    await begin("o", { note: "begun", does: notes.slice(0, 5).map((note) => `issue ${note}`) });
    for (const note of notes.slice(5)) await tell("o", { note: "told", does: [`issue ${note}`] });
    await domain.catchUp();
    deepEqual(await deedsOf("o"), notes);
    equal((await processOf("o"))?.commands, 12);
    deepEqual(await at.adapter.operations!.commandQueue.list({ limit: 10 }), []);
  });

  it("come back to their instance where the domain refuses them, with the command and the error", async () => {
    const { domain, begin, tell, notesOf, deedsOf, parked } = await runSagas(at.adapter);
    await begin("r", { note: "begun", does: ["issue good", "issue refuse this", "issue better"] });
    await domain.catchUp();
    await tell("r", { note: "told" });
    await domain.catchUp();
    deepEqual(await notesOf("r"), [
      "begun",
      'refuse this refused: DomainError NOT_ALLOWED {"note":"refuse this"}',
      "told",
    ]);
    deepEqual([await deedsOf("r"), await parked()], [["good", "better"], []]);
  });

  it("are tried again after a technical failure, of which their instance does not hear", async () => {
    let calls = 0;
    const { domain, begin, notesOf, deedsOf } = await runSagas(at.adapter, {
      config: { processing: { retry: { attempts: 2, first: "1s", max: "1s" } } },
      act: (note) => {
        if (note === "hopeless" || (note === "shaky" && ++calls < 3)) throw new TypeError("out of order");
      },
    });
    await begin("t", { note: "begun", does: ["issue shaky"] });
    await begin("h", { note: "begun", does: ["issue hopeless"] });
    await domain.catchUp();
    deepEqual([await deedsOf("t"), calls, await notesOf("t")], [["shaky"], 3, ["begun"]]);
    deepEqual([await deedsOf("h"), await notesOf("h")], [[], ["begun"]]);
    const entries = await at.adapter.operations!.commandQueue.list({ limit: 10 });
    deepEqual(
      entries.map(({ state, line }) => [state, line]),
      [["parked", "sagas::saga-h"]],
    );
  });

  it("set their instance aside where they are refused and it has no method for that", async () => {
    const { domain, begin, tell, notesOf, parked } = await runSagas(at.adapter);
    await begin("u", { note: "begun", does: ["issue unguarded refuse this"] });
    await domain.catchUp();
    await tell("u", { note: "told" });
    await domain.catchUp();
    deepEqual(await notesOf("u"), ["begun"]);
    const [found] = await parked();
    equal(found?.key, "u");
    match(
      found!.error,
      /^Sagas\.ActUnguarded\.v1, which Saga "u" had issued, was refused: refuse this is not allowed; write a @rejected\(ActUnguarded\) method/,
    );
    await domain.skipParked({ subscription: "Saga", key: "u", reason: "made up for by hand" });
    deepEqual([await notesOf("u"), await parked()], [["begun", "told"], []]);
  });

  it("are only logged where they are refused after the end of their instance", async () => {
    const { domain, begin, processOf, parked, logged } = await runSagas(at.adapter);
    await begin("e", { note: "begun", does: ["issue refuse late", "complete"] });
    await domain.catchUp();
    deepEqual([(await processOf("e"))?.status, await parked()], ["ended", []]);
    equal(logged.length, 1);
    match(
      logged[0]!,
      /^Sagas\.Act\.v1 \(.+\), which Saga "e" had issued, was refused after its end: refuse late is not allowed$/,
    );
  });

  it("are refused where their deadline passes before they are carried out", async () => {
    const clock = testClock();
    const { domain, begin, notesOf, deedsOf } = await runSagas(at.adapter, {
      clock,
      config: { server: { embedded: false, lanes: { slow: {} } } },
    });
    await begin("d", { note: "begun", does: ["issue slowly too late"] });
    await domain.catchUp({ lanes: ["default"] });
    clock.advance(5 * 60_000 + 1);
    await domain.catchUp();
    const [, refused] = (await notesOf("d"))!;
    match(refused!, /^too late refused: CommandExpiredError /);
    deepEqual(await deedsOf("d"), []);
  });

  it("carry correlation and causation from the event to what they cause, and to their refusal", async () => {
    const { domain, begin, messages, category } = await runSagas(at.adapter);
    await begin("c", { note: "begun", does: ["issue good", "issue refuse this"] }, "notice-c");
    await domain.catchUp();
    const [begun] = await messages("sagas::notice-notice-c");
    const { correlationId } = JSON.parse(begun!.metadata) as { readonly correlationId: string };
    const cause = { eventId: begun!.id, type: "Sagas.Begun.v1", handler: "Saga" };
    for (const [stream, type] of [
      ["sagas::deed-c", "Sagas.Done.v1"],
      [`${category}-c`, "Sagas.SagaCommandRejected.v1"],
    ] as const) {
      const [message, ...more] = await messages(stream);
      deepEqual([message?.type, more], [type, []]);
      const metadata = JSON.parse(message!.metadata) as Readonly<Record<string, unknown>>;
      deepEqual([metadata.correlationId, metadata.commandType, metadata.cause], [correlationId, "Sagas.Act.v1", cause]);
    }
  });
}
