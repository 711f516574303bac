import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

import ts from "typescript";

/**
 * Replaces `import.meta` in a module that runs as CommonJS, because projects of ES modules use it to locate their files.
 */
export const importMetaAsCommonJs: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node =>
    ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
      ? callForImportMeta(context.factory)
      : ts.visitEachChild(node, visit, context);
  return ts.visitEachChild(file, visit, context);
};

/** Returns the object that a compiled module uses in place of `import.meta`. */
export function importMetaOf(filename: string): Pick<ImportMeta, "url" | "filename" | "dirname" | "resolve"> {
  const { resolve } = createRequire(filename);
  return {
    url: pathToFileURL(filename).href,
    filename,
    dirname: dirname(filename),
    resolve: (specifier: string) => pathToFileURL(resolve(specifier)).href,
  };
}

/** Makes the call `require("<this file>").importMetaOf(__filename)`. */
function callForImportMeta(factory: ts.NodeFactory): ts.Expression {
  const call = (callee: ts.Expression, argument: ts.Expression) =>
    factory.createCallExpression(callee, undefined, [argument]);
  const thisFile = call(factory.createIdentifier("require"), factory.createStringLiteral(__filename));
  return call(
    factory.createPropertyAccessExpression(thisFile, importMetaOf.name),
    factory.createIdentifier("__filename"),
  );
}
