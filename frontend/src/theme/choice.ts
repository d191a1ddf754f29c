export type Theme = "dark" | "light";

export const THEME_COOKIE = "theme";

/** Return the theme chosen before (the cookie), or null where the system's decides. */
export function chosenTheme(cookie: string | undefined): Theme | null {
  return cookie === "dark" || cookie === "light" ? cookie : null;
}
