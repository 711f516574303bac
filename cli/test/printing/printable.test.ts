import { printable } from "../../src/printing/printable";

it("escapes what would move, colour or reorder a terminal's text", () => {
  expect(printable("a\nb\t\u001b[31mred\u0085\u202eabc")).toBe("a\\nb\\t\\u001b[31mred\\u0085\\u202eabc");
});

it("leaves other scripts and emoji alone", () => {
  expect(printable("konto-é-שלום-🏦")).toBe("konto-é-שלום-🏦");
});
