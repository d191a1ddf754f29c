import { apiUrl, BadSetting } from "./settings";

/** End the process with exit code 2, as every service of the platform, where a setting cannot be used. */
export function checkSettings(): void {
  try {
    apiUrl();
  } catch (error) {
    if (!(error instanceof BadSetting)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
