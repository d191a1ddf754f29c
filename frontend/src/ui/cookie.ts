const YEAR_S = 31_536_000;

/** Remember a choice of this browser for a year; the server reads it, so that the first paint is right. */
export function rememberChoice(name: string, value: string): void {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax`;
}
