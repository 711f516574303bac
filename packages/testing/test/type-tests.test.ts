import { join } from "node:path";

import { complaintsAbout } from "../../core/test/fixtures/type-check";

const FILE = join(__dirname, "type-tests/given.ts");

const STRICTEST = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
};

/** Each line marked `@ts-expect-error` in that file must be an error, and no other line may be one. */
describe("the types of given", () => {
  it.each([true, false])("hold with experimentalDecorators: %p", (experimentalDecorators) => {
    expect(complaintsAbout([FILE], { ...STRICTEST, experimentalDecorators })).toEqual([]);
  });
});
