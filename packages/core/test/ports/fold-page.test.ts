import { DeserializationError } from "@tidemark/core";
import { foldText, parseFoldText } from "@tidemark/core/adapter";

describe("parseFoldText", () => {
  const parse = (...data: string[]) =>
    parseFoldText(data.map((text) => foldText("A", text)).join(""), {
      stream: "account-1",
      firstPosition: 10,
      count: data.length,
    });

  it("gives type and data of each row", () => {
    expect(parse('{"a":[1]}', "{}")).toEqual(["A", { a: [1] }, "A", {}]);
  });

  it("gives nothing for no rows", () => {
    expect(parse()).toEqual([]);
  });

  it.each(['{"a":1', '{"a:1}', '{"a";1}', "", "null", "7", "[]", '"text"', "}{", '{"a":"\\"}', "{}x"])(
    "names the row whose data is %s",
    (broken) => {
      const sound = '{"text":"a \\"quoted\\", {bracketed] one"}';
      for (const rows of [[broken], [broken, sound], [sound, sound, broken], [sound, broken, sound, sound]]) {
        expect(() => parse(...rows)).toThrow(
          expect.objectContaining({
            code: "DESERIALIZATION_FAILED",
            details: expect.objectContaining({ stream: "account-1", position: 10 + rows.indexOf(broken) }),
          }),
        );
      }
    },
  );

  it("refuses data that would pass for several rows", () => {
    for (const broken of ["{},{}", '{},"A",{}']) expect(() => parse("{}", broken, "{}")).toThrow(DeserializationError);
  });
});
