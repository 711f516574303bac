// Joins what the compiler wrote into `build` of each library to the few files in `dist` that are published, and that
// everything in this repository runs but the tests from the sources.
//
// Each entry point of a package.json becomes five files:
//
//   dist/index.js        CommonJS: the one instance that a program in Node has
//   dist/index.mjs       the same instance for `import`
//   dist/index.d.ts      the declarations
//   dist/index.d.mts     the same declarations for `import`
//   dist/esm/index.mjs   ES modules for bundlers, which take them for `import` and `require`
//
// What several entry points share stands once, in files beside them. A library whose compiled files are those of the last
// time is left as it is.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

import { REPOSITORY, workspaces } from "./workspaces.mjs";

const SOURCE = "@tidemark/source";

/** Said of the compiler's `this && this.__decorate`, which may be undefined. */
const DECORATED = "THIS_IS_UNDEFINED";

/** Said of types that entry points share and do not export. The type tests compile what would fail for lack of one. */
const PRIVATE_TYPES = /references private shared type exports/;

for (const { folder, manifest } of workspaces()) {
  const entryPoints = entryPointsOf(manifest);
  if (entryPoints.length > 0) await bundle(join(REPOSITORY, folder), entryPoints);
}

/** Returns the names of the entry points that are published as ES modules too: `index`, `adapter`. */
function entryPointsOf({ exports = {} }) {
  return Object.values(exports)
    .filter((target) => target.module !== undefined)
    .map((target) => target[SOURCE].replace(/^\.\/src\/(.*)\.ts$/, "$1"));
}

async function bundle(folder, entryPoints) {
  const [build, dist, stamp] = [join(folder, "build"), join(folder, "dist"), join(folder, "build/.bundled")];
  const fingerprint = fingerprintOf(build, entryPoints);
  if (readIfThere(stamp) === fingerprint && entryPoints.every((name) => readIfThere(join(dist, `${name}.d.mts`))))
    return;
  rmSync(dist, { recursive: true, force: true });

  const code = await rollup({ ...inputOf(build, entryPoints, "js"), treeshake: false });
  const { output } = await code.write({
    dir: dist,
    format: "cjs",
    exports: "named",
    esModule: true,
    interop: "auto",
    externalLiveBindings: false,
    generatedCode: "es2015",
    entryFileNames: "[name].js",
    chunkFileNames: "shared-[hash].js",
  });
  const modules = await code.write({
    dir: join(dist, "esm"),
    format: "es",
    generatedCode: "es2015",
    entryFileNames: "[name].mjs",
    chunkFileNames: "shared-[hash].mjs",
  });
  for (const file of modules.output) refuseCommonJs(file);
  const declarations = await rollup({ ...inputOf(build, entryPoints, "d.ts"), plugins: [dts()] });
  await declarations.write({ dir: dist, entryFileNames: "[name].d.ts", chunkFileNames: "shared-[hash].d.ts" });

  for (const name of entryPoints) {
    const { exports } = output.find((file) => file.isEntry && file.name === name);
    writeFileSync(join(dist, `${name}.mjs`), importerOf(name, exports));
    writeFileSync(join(dist, `${name}.d.mts`), `export * from "./${name}.js";\n`);
  }
  writeFileSync(stamp, fingerprint);
}

function inputOf(build, entryPoints, extension) {
  return {
    input: Object.fromEntries(entryPoints.map((name) => [name, join(build, `${name}.${extension}`)])),
    external: (id) => !/^[./]|^\w:\\/.test(id),
    onwarn: ({ code, message }) => {
      if (code !== DECORATED && !PRIVATE_TYPES.test(message)) throw new Error(message);
    },
  };
}

/** Returns an ES module with the same exports, read from the CommonJS file: no instance of its own. */
function importerOf(name, exports) {
  const names = [...exports].sort().map((exported) => `  ${exported},\n`);
  return `import commonjs from "./${name}.js";\n\nexport const {\n${names.join("")}} = commonjs;\n`;
}

/** What the compiler leaves as it is would fail in a bundle of ES modules. */
function refuseCommonJs({ fileName, code }) {
  const found = /^(?!\s*(?:\/?\*|\/\/)).*\brequire(?:\.resolve)?\(.*$/m.exec(code);
  if (found === null) return;
  throw new Error(
    `${fileName} would call require in an ES module: ${found[0].trim()}\n` +
      "Import the module instead, or load it by process.getBuiltinModule or createRequire",
  );
}

/** Returns a digest of everything that the files in `dist` are made from. */
function fingerprintOf(build, entryPoints) {
  const hash = createHash("sha256").update(entryPoints.join());
  hash.update(readFileSync(fileURLToPath(import.meta.url))).update(readIfThere(join(REPOSITORY, "package-lock.json")));
  const files = readdirSync(build, { recursive: true }).filter((name) => /\.(js|d\.ts)$/.test(name));
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(build, name)));
  return hash.digest("hex");
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
