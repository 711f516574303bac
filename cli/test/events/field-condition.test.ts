import { fieldCondition, holds } from "../../src/events/field-condition";

const data = {
  amount: 100,
  reference: "100",
  note: "",
  urgent: true,
  agent: null,
  tags: ["a", "b"],
  address: { city: "Bern", "zip.code": "3000" },
  "address.city": "Basel",
};

const isMet = (text: string) => fieldCondition(text).every((condition) => holds(condition, data));

it.each([
  "amount=100",
  "amount=1e2",
  "reference=100",
  "note=",
  "urgent=true",
  "agent=null",
  "tags.1=b",
  'tags=["a","b"]',
  "address.city=Basel",
  "tags.length=2",
])("%s", (text) => {
  expect(isMet(text)).toBe(true);
});

it.each([
  "amount=101",
  "amount=",
  "amount= ",
  "reference=1e2",
  "urgent=True",
  "missing=undefined",
  "constructor=x",
  "address.zip.code=3000",
])("not %s", (text) => {
  expect(isMet(text)).toBe(false);
});

it("keeps = in the value and adds to the conditions before", () => {
  const first = fieldCondition("reference=a=b");
  expect(fieldCondition("amount=1", first)).toEqual([
    { field: "reference", value: "a=b" },
    { field: "amount", value: "1" },
  ]);
});

it.each(["amount", "=1", ""])("refuses %j", (text) => {
  expect(() => fieldCondition(text)).toThrow("Expected <field>=<value>.");
});
