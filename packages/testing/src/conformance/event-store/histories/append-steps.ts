import { inspect } from "node:util";

import type { AppendRequest, Operation, StoredMessage } from "@tidemark/core/adapter";
import fc from "fast-check";

import { ref } from "../sample-events";
import { type Call, call, type History, type Step } from "./history";

/** Names that a careless comparison takes for each other, in categories that begin alike. */
export const STREAMS = ["account-1", "account-11", "account-1-1", "Account-1", "accounts-1", "account_-1"] as const;

/** One of them more often than the others, so that it grows. */
export const eventStream = fc.oneof(
  { weight: 3, arbitrary: fc.constant(STREAMS[0]) },
  { weight: 2, arbitrary: fc.constantFrom(...STREAMS) },
);

const expecting = fc.oneof(
  { weight: 6, arbitrary: fc.constant("its version" as const) },
  { weight: 3, arbitrary: fc.constant("anything" as const) },
  { weight: 2, arbitrary: fc.constantFrom("no stream yet", "one too few", "one too many") },
);
const events = fc.array(fc.record({ time: fc.nat({ max: 30 }), type: fc.constantFrom("A", "B") }), {
  minLength: 1,
  maxLength: 4,
});
const requests = fc.uniqueArray(fc.record({ stream: eventStream, expecting, events }), {
  selector: ({ stream }) => stream,
  minLength: 1,
  maxLength: 3,
});

type Wanted = typeof requests extends fc.Arbitrary<readonly (infer Each)[]> ? Each : never;

/** Appends new events to one stream or several, at the version that each has or at another. */
export const appending: fc.Arbitrary<Step> = requests.map(
  (wanted) => (history) =>
    append(
      history,
      wanted.map((each) => requestOf(each, history)),
    ),
);

/** Appends new events, the last of which has an id that some event may have already. */
export const appendingAnOldId: fc.Arbitrary<Step> = fc.tuple(requests, fc.nat()).map(([wanted, old]) => (history) => {
  const known = history.model.events;
  const id = known[old % Math.max(known.length, 1)]?.id;
  const all = wanted.map((each) => requestOf(each, history));
  return append(history, id === undefined ? all : all.with(-1, withLastId(all.at(-1)!, id)));
});

/** Repeats an append as a retry does, or not quite so. */
export const repeating: fc.Arbitrary<Step> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom(
      "exactly",
      "exactly",
      "anywhere",
      "with other data",
      "with another type",
      "with another time and other metadata",
      "in part",
      "with more",
      "reversed",
      "the last stream",
      "and another",
    ),
    eventStream,
  )
  .map(([pick, how, another]) => (history) => {
    const before = history.tried[pick % Math.max(history.tried.length, 1)];
    if (before === undefined) return appendWith(history, another, []);
    const requests = changed(before.requests, how, another, history);
    // What comes with an append that is refused may be refused as well, and nothing says which refusal it is then.
    const also = history.model.repeated(requests) === undefined ? [] : before.also;
    return append(history, requests, also);
  });

/** Appends an event to a stream at the version that it has, together with operations. */
export function appendWith(history: History, stream: Wanted["stream"], also: readonly Operation[]): Call {
  const wanted: Wanted = { stream, expecting: "its version", events: [{ time: 0, type: "A" }] };
  return append(history, [requestOf(wanted, history)], also);
}

function append(history: History, requests: readonly AppendRequest[], also: readonly Operation[] = []): Call {
  history.tried.push({ requests, also });
  const words = requests.map(({ stream, expectedVersion, messages }) => {
    const events = messages.map(({ id, type, time }) => `${id} (${type}, time ${time})`).join(", ");
    return `to "${stream}" ${expectedVersion === undefined ? "at any version" : `at version ${expectedVersion}`}: ${events}`;
  });
  const along =
    also.length === 0 ? "" : `; along with ${inspect(also, { depth: 6, breakLength: Number.POSITIVE_INFINITY })}`;
  return { ...call("append", requests, { also }), words: `append ${words.join("; ")}${along}` };
}

function requestOf({ stream, expecting, events }: Wanted, history: History): AppendRequest {
  const version = history.model.version(ref(stream));
  const expected = {
    "its version": version,
    "no stream yet": -1,
    "one too few": Math.max(version - 1, -1),
    "one too many": version + 1,
    anything: undefined,
  }[expecting];
  const messages = events.map(({ time, type }) => message(history.newEventId(), type, time));
  return { ...ref(stream), messages, ...(expected !== undefined && { expectedVersion: expected }) };
}

function message(id: string, type: string, time: number): StoredMessage {
  return { id, type, time, data: `{"of":"${id}"}`, metadata: `{"at":${time}}` };
}

function withLastId({ messages, ...request }: AppendRequest, id: string): AppendRequest {
  return { ...request, messages: messages.with(-1, { ...messages.at(-1)!, id }) };
}

function changed(
  requests: readonly AppendRequest[],
  how: string,
  another: string,
  history: History,
): readonly AppendRequest[] {
  const each = (change: (messages: readonly StoredMessage[]) => readonly StoredMessage[]) =>
    requests.map((request) => ({ ...request, messages: change(request.messages) }));
  switch (how) {
    case "anywhere":
      return requests.map(({ stream, category, messages }) => ({ stream, category, messages }));
    case "with other data":
      return each((messages) => messages.with(-1, { ...messages.at(-1)!, data: '{"of":"another"}' }));
    case "with another type":
      return each((messages) => messages.with(0, { ...messages[0]!, type: "C" }));
    case "with another time and other metadata":
      return each((messages) =>
        messages.map((each) => ({ ...each, time: each.time + 1, metadata: '{"at":"another"}' })),
      );
    case "in part":
      return each((messages) => (messages.length > 1 ? messages.slice(0, -1) : messages));
    case "with more":
      return each((messages) => [...messages, message(history.newEventId(), "A", 0)]);
    case "reversed":
      return each((messages) => messages.toReversed());
    case "the last stream":
      return requests.slice(-1);
    case "and another":
      return requests.some(({ stream }) => stream === another)
        ? requests
        : [
            ...requests,
            requestOf(
              { stream: another as Wanted["stream"], expecting: "its version", events: [{ time: 1, type: "B" }] },
              history,
            ),
          ];
    default:
      return requests;
  }
}
