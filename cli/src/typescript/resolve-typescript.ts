/** What Node calls to find a module, and does not document. */
interface Resolver {
  _resolveFilename(request: string, parent: Partial<NodeJS.Module> | undefined, ...rest: readonly unknown[]): string;
}

const TYPESCRIPT = /\.[mc]?tsx?$/;

/** The extensions of sources that are imported by the extension of their output. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/**
 * Lets TypeScript files import each other as the compiler does: `./events.js`, and `./events` too, is `./events.ts` where that
 * exists, also beside an `events.js` that was compiled from it earlier.
 */
export function resolveTypeScript(resolver: Resolver): void {
  const resolve = resolver._resolveFilename;
  resolver._resolveFilename = function (request, parent, ...rest) {
    if (/^\.{0,2}\//.test(request) && TYPESCRIPT.test(parent?.filename ?? "")) {
      for (const source of sourcesOf(request)) {
        try {
          return resolve.call(this, source, parent, ...rest);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
        }
      }
    }
    return resolve.call(this, request, parent, ...rest);
  };
}

function sourcesOf(request: string): readonly string[] {
  const [extension = ""] = /\.[mc]?jsx?$/.exec(request) ?? [];
  const base = request.slice(0, request.length - extension.length);
  const named = (SOURCES[extension] ?? []).map((source) => base + source);
  return [...named, ...(TYPESCRIPT.test(request) || extension !== "" ? [] : [`${request}.ts`, `${request}.tsx`])];
}
