/**
 * Write the types of the API's contract into src/contract/, or fail where they are not what the contract says.
 *
 *   node scripts/generate.mjs           write
 *   node scripts/generate.mjs --check   write nothing, exit 1 on drift
 *
 * --contract DIR takes the contract from another folder than where the API keeps it.
 */
import { readFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "json-schema-to-typescript";
import openapi, { astToString } from "openapi-typescript";

const ROOT = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: { check: { type: "boolean" }, contract: { type: "string" } },
});
const PUBLISHED = options.contract ?? join(ROOT, "..", "backend_fastapi", "contract");
const GENERATED = join(ROOT, "src", "contract");
const NOTICE = "// Generated from the API's contract by `npm run generate`. Do not edit.\n\n";

/** The REST side: paths, parameters and answers. */
async function rest() {
  const document = await readFile(join(PUBLISHED, "openapi.json"), "utf8");
  return NOTICE + astToString(await openapi(document, { immutable: true, alphabetize: true }));
}

/** @typedef {Record<string, { code: number, description: string }>} CloseCodes */

/**
 * Write the tuples of JSON Schema 2020-12 as those of draft 4, which is what the compiler understands.
 * @template Schema
 * @param {Schema} schema
 * @returns {Schema}
 */
function withTuples(schema) {
  /** @type {unknown} */
  const written = JSON.parse(JSON.stringify(schema), (_, /** @type {unknown} */ value) => {
    if (typeof value !== "object" || value === null || !("prefixItems" in value)) return value;
    const { prefixItems, ...rest } = value;
    return { ...rest, items: prefixItems, additionalItems: false };
  });
  return /** @type {Schema} */ (written);
}

/** The socket of all channels: every message of either side, and the close codes. */
async function socket() {
  const text = await readFile(join(PUBLISHED, "session.schema.json"), "utf8");
  /** @type {unknown} */
  const parsed = JSON.parse(text);
  const schema = /** @type {{ "x-close-codes": CloseCodes }} */ (parsed);
  const types = await compile(withTuples(schema), "SessionMessage", {
    bannerComment: "",
    additionalProperties: false,
    style: { printWidth: 110 },
    strictIndexSignatures: true,
  });
  const codes = Object.entries(schema["x-close-codes"]).map(
    ([name, { code, description }]) => `  /** ${description} */\n  ${name}: ${code},\n`,
  );
  return `${NOTICE}${types}\n/** Why the server ends a connection. */\nexport const CloseCode = {\n${codes.join("")}} as const;\n`;
}

const files = { "openapi.ts": await rest(), "socket.ts": await socket() };
const stale = [];
await mkdir(GENERATED, { recursive: true });
for (const [name, text] of Object.entries(files)) {
  const path = join(GENERATED, name);
  if (!options.check) {
    await writeFile(path, text);
  } else if ((await readFile(path, "utf8").catch(() => null)) !== text) {
    stale.push(name);
  }
}
if (stale.length > 0) {
  process.stderr.write(`not what the API's contract says: ${stale.join(", ")}; run: npm run generate\n`);
  process.exitCode = 1;
}
