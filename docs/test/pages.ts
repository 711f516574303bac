import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const REPOSITORY = join(__dirname, "../..");

/** The chapters of the tutorial, in order, and its contents. */
export const TUTORIAL = pagesOf("docs/tutorial");

/** Every page that explains the use of Tidemark, new guides included: `docs/guides/snapshots.md`. */
export const PAGES = ["README.md", ...pagesOf("docs/guides"), ...TUTORIAL];

/** These, and those for contributors. */
export const ALL_PAGES = [
  ...pagesOf("."),
  ...pagesOf("docs"),
  ...pagesOf("docs/adr"),
  ...pagesOf("docs/guides"),
  ...TUTORIAL,
  ...pagesOf("examples/mercato"),
];

/** What npm shows of each package. Their links are whole addresses. */
export const PACKAGE_PAGES = [
  ...readdirSync(join(REPOSITORY, "packages")).map((name) => `packages/${name}`),
  "cli",
].flatMap(pagesOf);

export function read(page: string): string {
  return readFileSync(join(REPOSITORY, page), "utf8");
}

function pagesOf(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => (folder === "." ? name : `${folder}/${name}`));
}
