/** Complete the standalone build: Next leaves it to others to put what browsers load beside the server. */
import { cp } from "node:fs/promises";
import { join } from "node:path";

const built = join(import.meta.dirname, "..", ".next");
await cp(join(built, "static"), join(built, "standalone", ".next", "static"), { recursive: true });
