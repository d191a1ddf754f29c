/**
 * Start the built dashboard.
 *
 * FRONTEND_HOST (127.0.0.1) and FRONTEND_PORT (3000) say where it listens, API_URL where browsers reach the
 * API. The server itself reads HOSTNAME, which shells and containers set to the machine's name: it is not
 * taken over from there.
 */
import { access } from "node:fs/promises";
import { join } from "node:path";

/**
 * A variable of the environment; an empty one counts as not set.
 * @param {string} name
 * @param {string} otherwise
 */
function setting(name, otherwise) {
  const text = process.env[name]?.trim() ?? "";
  return text === "" ? otherwise : text;
}

const port = setting("FRONTEND_PORT", "3000");
if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
  process.stderr.write("candlestack: bad setting FRONTEND_PORT: must be a port, from 1 to 65535\n");
  process.exit(2);
}
process.env.PORT = port;
process.env.HOSTNAME = setting("FRONTEND_HOST", "127.0.0.1");
process.env.NEXT_TELEMETRY_DISABLED = "1";

const server = join(import.meta.dirname, "..", ".next", "standalone", "server.js");
try {
  await access(server);
} catch {
  process.stderr.write("candlestack: the dashboard is not built; run: npm ci && npm run build\n");
  process.exit(1);
}
await import(server);
