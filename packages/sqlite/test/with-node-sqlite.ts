/** Runs before each file of tests, in place of better-sqlite3: see jest.config.js. */
process.env.TIDEMARK_SQLITE_DRIVER = "node";
