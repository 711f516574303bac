import { parsedEvents } from "../../../src/ports/memory/parsed-events";

const STREAM = "account-1";

function messages(...data: string[]) {
  return data.map((text, index) => ({
    id: `e-${index}`,
    type: index % 2 === 0 ? "A" : "B",
    time: 0,
    data: text,
    metadata: "{}",
    stream: STREAM,
    category: "account",
    position: 10 + index,
    globalPosition: 1 + index,
  }));
}

it("gives type and data of each event", () => {
  expect(parsedEvents(messages('{"a":[1]}', "{}", ' {"b":2}\n'))).toEqual(["A", { a: [1] }, "B", {}, "A", { b: 2 }]);
});

it("names the event whose data is no object", () => {
  const sound = '{"text":"a \\"quoted\\", {bracketed] one"}';
  for (const broken of [
    '{"a":1',
    '{"a":1},',
    '{"a";1}',
    "",
    "null",
    "7",
    "[]",
    "[{}]",
    '"text"',
    "}{",
    "{},{}",
    "{}x",
  ]) {
    for (const rows of [[broken], [broken, sound], [sound, sound, broken], [sound, broken, sound, sound]]) {
      expect(() => parsedEvents(messages(...rows))).toThrow(
        expect.objectContaining({
          code: "DESERIALIZATION_FAILED",
          details: expect.objectContaining({ stream: STREAM, position: 10 + rows.indexOf(broken) }),
        }),
      );
    }
  }
});

it("does not take two torn texts for whole ones", () => {
  const torn = messages('{"a":1', '"b":2},{}');
  expect(() => parsedEvents(torn)).toThrow(expect.objectContaining({ code: "DESERIALIZATION_FAILED" }));
});
