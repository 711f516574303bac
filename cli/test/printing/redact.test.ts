import { redact } from "../../src/printing/redact";

it.each([
  ["postgres://bank:s3cret@db:5432/bank", "postgres://bank:***@db:5432/bank"],
  ["cannot reach postgres://:p@ss/w@rd@db/x now", "cannot reach postgres://:***@db/x now"],
  ["see https://example.org:8080/help", "see https://example.org:8080/help"],
])("blanks the password in %s", (text, redacted) => {
  expect(redact(text)).toBe(redacted);
});
