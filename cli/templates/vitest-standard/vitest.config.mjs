import { transform } from "esbuild";

/** Vite 8 does not compile standard decorators; esbuild does. */
const decorators = {
  name: "standard-decorators",
  enforce: "pre",
  transform: (code, id) =>
    /\.ts$/.test(id) ? transform(code, { loader: "ts", target: "node20", sourcemap: true, sourcefile: id }) : undefined,
};

export default { plugins: [decorators] };
