import { elementName } from "../../src/decorators/option-schemas";

describe("the name of an element", () => {
  it.each(["Account", "_Account", "Konto2", "Über", "_2"])("may be %j", (name) => {
    expect(elementName.parse(name)).toBe(name);
  });

  it.each(["", "_", "__", "2Account", "my-account", "a b", "a.b", "a:b", "$a", 'a"', "a\n", 5, undefined])(
    "cannot be %j",
    (name) => {
      expect(elementName.safeParse(name).error?.issues.map(({ message }) => message)).toEqual([
        "must be letters, digits and _, such as DepositMade",
      ]);
    },
  );
});
