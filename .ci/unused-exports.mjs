// Fails on every export in a workspace's `src` that no other file, of a `src` or of the tests, imports. Entry points are
// what a package.json names under the condition "@tidemark/source".
//
// The program parses, and resolves imports as the compiler does; it checks no types, so it takes seconds. Two tools were
// tried in its place: knip brings 18 packages and passes over a type that another export of the same file mentions;
// ts-unused-exports does not see what `require` and `import()` load.
import { join, relative } from "node:path";
import ts from "typescript";

import { REPOSITORY, workspaces } from "./workspaces.mjs";

/** Exports that are loaded by the name of their file, from a text or a setting that no compiler reads. */
const LOADED_BY_NAME = [
  "benchmarks/src/start-up/domain.ts: domain",
  "benchmarks/src/studies/slow-snapshots.ts: provider",
  "benchmarks/src/studies/snapshot-run-domain.ts: domain",
  "cli/src/typescript/import-meta.ts: importMetaOf",
];

const SOURCE = "@tidemark/source";
const EVERYTHING = "*";

const options = compilerOptions();
const resolutions = ts.createModuleResolutionCache(REPOSITORY, (name) => name, options);

const all = workspaces();
const entryPoints = new Set(
  all.flatMap(({ folder, manifest }) => entryPointsOf(manifest).map((path) => join(folder, path))),
);
/** Returns the files in one folder of every workspace: `src`. */
const filesIn = (part) =>
  all.flatMap(({ folder }) => ts.sys.readDirectory(join(REPOSITORY, folder, part), [".ts"])).map(parse);
const files = filesIn("src");
const imported = new Set([...files, ...filesIn("test")].flatMap(importsOf));

const unused = files
  .filter((file) => !entryPoints.has(nameOf(file)) && !imported.has(`${nameOf(file)}: ${EVERYTHING}`))
  .flatMap((file) => exportsOf(file).map(({ name, line }) => ({ line, export: `${nameOf(file)}: ${name}` })))
  .filter((found) => !imported.has(found.export));

for (const { line, export: found } of unused)
  if (!LOADED_BY_NAME.includes(found))
    fail(`${found.replace(": ", `:${line}: `)} is exported, but no other file imports it`);
for (const entry of LOADED_BY_NAME)
  if (!unused.some((found) => found.export === entry))
    fail(`${entry} is listed as loaded by name, but is gone or imported`);

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}

function compilerOptions() {
  const { config } = ts.readConfigFile(join(REPOSITORY, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, REPOSITORY);
  return { ...options, customConditions: [SOURCE] };
}

function entryPointsOf(manifest) {
  return Object.values(manifest.exports ?? {}).flatMap((target) => target[SOURCE] ?? []);
}

function parse(path) {
  return ts.createSourceFile(path, ts.sys.readFile(path), options.target, true);
}

/** Returns the path of a file inside the repository: `packages/core/src/ports/answer.ts`. */
function nameOf({ fileName }) {
  return relative(REPOSITORY, fileName).replaceAll("\\", "/");
}

/** Returns what a file takes from others: `packages/core/src/ports/answer.ts: Answer`. */
function importsOf(file) {
  const found = [];
  const take = (specifier, names) => {
    const { resolvedModule } = ts.resolveModuleName(specifier.text, file.fileName, options, ts.sys, resolutions);
    if (resolvedModule === undefined) return;
    const name = nameOf({ fileName: ts.sys.realpath(resolvedModule.resolvedFileName) });
    for (const taken of names) found.push(`${name}: ${taken}`);
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) take(node.moduleSpecifier, namesOfImport(node));
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) take(node.moduleSpecifier, namesOf(node.exportClause));
    if (ts.isImportTypeNode(node)) take(node.argument.literal, namesOfImportType(node));
    if (isDynamicImport(node)) take(node.arguments[0], [EVERYTHING]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function namesOfImport({ importClause }) {
  if (importClause === undefined) return [];
  const bindings = importClause.namedBindings;
  return [...(importClause.name ? ["default"] : []), ...(bindings ? namesOf(bindings) : [])];
}

/** Returns the names in `{ a, b as c }`, as the other file has them; `* as all` takes everything. */
function namesOf(clause) {
  return clause?.elements?.map(({ propertyName, name }) => (propertyName ?? name).text) ?? [EVERYTHING];
}

/** Knows `import("./a").A`, and `const { a } = require("./a") as typeof import("./a")`. */
function namesOfImportType(node) {
  if (node.qualifier !== undefined) return [ts.isIdentifier(node.qualifier) ? node.qualifier.text : EVERYTHING];
  const pattern = ts.findAncestor(node, ts.isVariableDeclaration)?.name;
  return namesOf(pattern && ts.isObjectBindingPattern(pattern) ? pattern : undefined);
}

function isDynamicImport(node) {
  return (
    ts.isCallExpression(node) &&
    node.expression.kind === ts.SyntaxKind.ImportKeyword &&
    ts.isStringLiteral(node.arguments[0])
  );
}

function exportsOf(file) {
  return file.statements.flatMap((statement) => {
    const line = file.getLineAndCharacterOfPosition(statement.getStart()).line + 1;
    return exportedNames(statement).map((name) => ({ name, line }));
  });
}

function exportedNames(statement) {
  if (ts.isExportDeclaration(statement)) return statement.exportClause?.elements?.map(({ name }) => name.text) ?? [];
  if (ts.isExportAssignment(statement)) return ["default"];
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) return ["default"];
  if (!ts.isVariableStatement(statement)) return [statement.name.text];
  return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
}

function boundNames(name) {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (element.name ? boundNames(element.name) : []));
}
