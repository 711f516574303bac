import { fillVariables } from "../../src/config/variables";

const ENV = { HOST: "db", EMPTY: "", NESTED: "${HOST}" };

const filled = (text: string, env: NodeJS.ProcessEnv | undefined = ENV) =>
  fillVariables({ key: text }, env).settings.key;

describe("variables in a text", () => {
  it.each([
    ["${HOST}", "db"],
    ["postgres://${HOST}:${PORT|5432}/bank", "postgres://db:5432/bank"],
    ["${HOST|other}", "db"],
    ["${EMPTY|other}", ""],
    ["${GONE|}", ""],
    ['${GONE|a|b $ { " = #}', 'a|b $ { " = #'],
    ["$${HOST}", "${HOST}"],
    ["$$${HOST}", "$${HOST}"],
    ["$HOST $ {HOST} {HOST}", "$HOST $ {HOST} {HOST}"],
    ["${NESTED}", "${HOST}"],
  ])("turn %j into %j", (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  it("are found in tables and arrays", () => {
    expect(fillVariables({ a: { b: ["${HOST}", 1, { c: "${HOST}" }] } }, ENV).settings).toEqual({
      a: { b: ["db", 1, { c: "db" }] },
    });
  });

  it.each(["${GONE}", "a ${GONE} ${HOST}", "${constructor}"])("that are not set are faults: %j", (text) => {
    const { settings, unset } = fillVariables({ key: text }, ENV);
    const name = /GONE|constructor/.exec(text)?.[0];
    expect(settings).toEqual({});
    expect(unset).toEqual([
      {
        path: ["key"],
        predicate: `needs the environment variable ${name}, which is not set; set it, or write a default: \${${name}|...}`,
      },
    ]);
  });

  it.each(["${", "${}", "${HOST", "${1}", "${ HOST }", "${A-B}", "${|x}"])(
    "that are malformed are faults: %j",
    (text) => {
      for (const env of [ENV, undefined]) {
        const { settings, malformed } = fillVariables({ key: text }, env);
        expect(settings).toEqual({});
        expect(malformed).toEqual([
          {
            path: ["key"],
            predicate:
              'holds a "${" that starts no variable; write ${NAME} or ${NAME|default}, or $${ for the characters',
          },
        ]);
      }
    },
  );

  it("leave their text out where no environment is in force", () => {
    const { settings, unset } = fillVariables({ a: "${HOST}", b: "${GONE}", c: "$${x}", d: 1 }, undefined);
    expect([settings, unset]).toEqual([{ c: "${x}", d: 1 }, []]);
  });
});
