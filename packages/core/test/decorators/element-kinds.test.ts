import { isElementKind, KINDS, rulesOf } from "../../src/decorators/element-kinds";
import { elementDecorators } from "../../src/decorators/elements";
import * as core from "../../src/index";
import { elementMarks } from "../../src/metadata/element-mark";

const domain = new core.Domain("fidelis");

describe("the table of element kinds", () => {
  it("gives a domain and the package the same decorators", () => {
    const names = Object.keys(elementDecorators("@", () => undefined));
    expect(names).toEqual(KINDS);
    const exported = new Map<string, unknown>(Object.entries(core));
    expect(KINDS.filter((kind) => typeof exported.get(kind) !== "function")).toEqual([]);
    expect(KINDS.filter((kind) => typeof domain[kind] !== "function")).toEqual([]);
  });

  it("distinguishes its kinds from others", () => {
    const others = ["Saga", "Aggregate", "constructor", "toString", ""];
    expect([...KINDS, ...others].filter(isElementKind)).toEqual(KINDS);
  });

  it.each(KINDS)("gives %s rules that agree with each other", (kind) => {
    const { noun, methods = [], needs, exclusions = {}, options, references = [] } = rulesOf(kind);
    expect(noun).toMatch(/^(SQL|[a-z]+)( [a-z]+)*$/);
    expect(needs === undefined || methods.includes(needs)).toBe(true);
    expect(Object.keys(exclusions).filter((method) => methods.some((allowed) => allowed === method))).toEqual([]);
    expect(references.filter(({ option }) => !Object.hasOwn(options, option))).toEqual([]);
  });

  it.each(KINDS)("shows options of %s that are valid", (kind) => {
    const shown = new Function(`return (${rulesOf(kind).example})`)() as Record<string, unknown>;
    const invalid = Object.entries(rulesOf(kind).options).filter(([option, schema]) => {
      return !schema.safeParse(shown[option]).success;
    });
    expect(invalid).toEqual([]);
  });
});

const families = [
  ["@", core],
  ["@domain.", domain],
] as const;
const both = families.flatMap(([prefix, family]) => KINDS.map((kind) => [prefix + kind, kind, family] as const));

describe.each(both)("%s", (decorator, kind, family) => {
  const decorate = family[kind] as (...args: unknown[]) => (type: object) => void;

  it("marks its class with the kind and a copy of the options", () => {
    const options = { partOf: "Account" };
    class Marked {}
    decorate(options)(Marked);
    expect(elementMarks(Marked)).toEqual([{ kind, options, site: expect.any(Error) as Error }]);
    expect(elementMarks(Marked)[0]?.options).not.toBe(options);
  });

  it("says to write options in parentheses", () => {
    const advice = `needs its options in parentheses, such as ${decorator}(${rulesOf(kind).example})`;
    if (kind !== "aggregate") expect(() => decorate()).toThrow(`${decorator} ${advice}`);
    expect(() => decorate(null)).toThrow(`${decorator} ${advice}`);
    const context = { kind: "class", name: "Opened" };
    expect(() => decorate(class Opened {}, context)).toThrow(`${decorator} above class Opened ${advice}`);
  });
});

describe.each(families)("%saggregate", (_, family) => {
  it("does without options", () => {
    class Customer extends core.Aggregate({}) {}
    family.aggregate()(Customer);
    expect(elementMarks(Customer)).toEqual([{ kind: "aggregate", options: {}, site: expect.any(Error) as Error }]);
  });
});
