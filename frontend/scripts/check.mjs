/** Run every check of the dashboard, side by side; exit 1 where one of them fails. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
/** The npm that runs this; one that a search of PATH finds may be another, or none. */
const NPM = process.env.npm_execpath ?? "";
if (NPM === "") throw new Error("run this as: npm run check");

/**
 * Run a script of package.json and write what it printed once it has ended.
 * @param {string} name
 * @returns {Promise<boolean>} whether it has passed
 */
function run(name) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [NPM, "run", "--silent", name], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    /** @type {Buffer[]} */
    const printed = [];
    for (const output of [child.stdout, child.stderr]) {
      output.on("data", (/** @type {Buffer} */ text) => printed.push(text));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      process.stdout.write(
        `${name}: ${code === 0 ? "passed" : "FAILED"}\n${Buffer.concat(printed).toString()}`,
      );
      resolve(code === 0);
    });
  });
}

// The types of the routes come first, since the linter reads them too; then the longest check first.
const passed = [await run("typegen")];
const waiting = ["lint", "types", "test", "format:check", "generate:check"];
await Promise.all(
  Array.from({ length: Math.min(availableParallelism(), waiting.length) }, async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) passed.push(await run(name));
  }),
);
if (passed.includes(false)) process.exitCode = 1;
