import { tidemarkPackage } from "../../src/new-project/tidemark-package";
import { REPOSITORY } from "../project";

const { version } = require("../../package.json") as { version: string };

it("asks for the version of the command where it is installed", () => {
  expect(tidemarkPackage("@tidemark/core", "/projects/shop", "/projects/shop/node_modules/@tidemark")).toBe(version);
});

it("asks for the folder where the command runs from a checkout", () => {
  expect(tidemarkPackage("@tidemark/core", `${REPOSITORY}/shop`, REPOSITORY)).toBe("file:../packages/core");
  expect(tidemarkPackage("@tidemark/cli", `${REPOSITORY}/examples/shop`, REPOSITORY)).toBe("file:../../cli");
});
