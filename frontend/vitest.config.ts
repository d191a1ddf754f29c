import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": `${import.meta.dirname}/src` } },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // Every test takes back what it changed of the globals, so one set of modules serves all files.
    pool: "threads",
    isolate: false,
  },
});
