import { parseDomainLocation } from "../src/domain-location";

it.each([
  ["src/domain.ts", { path: "src/domain.ts" }],
  ["src/domain.ts:bank", { path: "src/domain.ts", exportName: "bank" }],
  ["src/domain.ts:default", { path: "src/domain.ts", exportName: "default" }],
  ["C:\\bank\\domain.ts", { path: "C:\\bank\\domain.ts" }],
  ["C:\\bank\\domain.ts:bank", { path: "C:\\bank\\domain.ts", exportName: "bank" }],
  ["C:/bank/domain.ts:$bank", { path: "C:/bank/domain.ts", exportName: "$bank" }],
  ["a:b/domain.ts", { path: "a:b/domain.ts" }],
  ["domain.ts:", { path: "domain.ts:" }],
  [":bank", { path: ":bank" }],
])("reads %s", (text, location) => {
  expect(parseDomainLocation(text)).toEqual(location);
});
