import type { Choices } from "./choices";

/** Returns the tsconfig.json of a new project. */
export function tsconfig({ decorators }: Choices): object {
  return {
    compilerOptions: {
      target: "ES2022",
      lib: ["ES2023", "ESNext.Decorators", "ESNext.Disposable"],
      module: "node16",
      moduleResolution: "node16",
      strict: true,
      ...(decorators === "legacy" && {
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
      }),
      esModuleInterop: true,
      skipLibCheck: true,
      sourceMap: true,
      rootDir: ".",
      outDir: "dist",
      types: ["node"],
    },
    include: ["src", "test"],
  };
}

/** Returns the jest.config.json of a new project: jest runs CommonJS, whatever the project is. */
export function jestConfig({ decorators, esm }: Choices): object {
  const transform =
    decorators === "legacy"
      ? { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false }
      : { decoratorVersion: "2022-03" };
  return {
    testMatch: ["<rootDir>/test/**/*.test.ts"],
    transform: {
      "\\.ts$": [
        "@swc/jest",
        {
          jsc: {
            parser: { syntax: "typescript", decorators: true },
            transform,
            target: "es2022",
            keepClassNames: true,
          },
        },
      ],
    },
    ...(esm && { moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" } }),
  };
}
