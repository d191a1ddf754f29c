/** A setting that cannot be used; its message is one line that names the variable. */
export class BadSetting extends Error {
  constructor(variable: string, reason: string) {
    super(`candlestack: bad setting ${variable}: ${reason}`);
    this.name = "BadSetting";
  }
}

const DEFAULT_API_URL = "http://127.0.0.1:8000";

/**
 * Return the API's address as browsers reach it (`API_URL`), without a slash at its end. Read at run time, so
 * that one build serves every place. Throws `BadSetting`.
 */
export function apiUrl(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const text = environment.API_URL?.trim() ?? "";
  const address = text === "" ? DEFAULT_API_URL : text;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new BadSetting("API_URL", "must be a URL that starts with http:// or https://");
  }
  return address.replace(/\/+$/, "");
}
