#!/usr/bin/env node
const { dirname, join } = require("node:path");

// `npm create tidemark shop` is `domain new shop`.
process.argv.splice(2, 0, "new");
require(join(dirname(require.resolve("@tidemark/cli/package.json")), "bin/domain.js"));
