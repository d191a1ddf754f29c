import { defineConfig } from "vitest/config";

const PATIENCE_MS = 240_000;

export default defineConfig({
  resolve: { alias: { "@": `${import.meta.dirname}/src` } },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // Every test takes back what it changed of the globals, so one set of modules serves all files.
    pool: "threads",
    isolate: false,
    // A busy machine lets a test stand still for longer than the five seconds that it would have.
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
  },
});
