import { en, type Texts } from "./en";
import { vi } from "./vi";

export type Language = "en" | "vi";

export const TEXTS: Readonly<Record<Language, Texts>> = { en, vi };
export const LANGUAGES: readonly Language[] = ["en", "vi"];
export const LANGUAGE_COOKIE = "language";

/**
 * Return the language to show: the one chosen before (the cookie), else the first of the browser's
 * (`Accept-Language`) that there is, else English.
 */
export function chooseLanguage(cookie: string | undefined, acceptLanguage: string | null): Language {
  const wanted = (acceptLanguage ?? "")
    .split(",")
    .map((range) => {
      const [tag = "", quality] = range.split(";");
      return { tag: tag.trim().toLowerCase().split("-")[0], quality: Number(quality?.split("=")[1] ?? 1) };
    })
    .sort((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
  return [cookie, ...wanted].find(isLanguage) ?? "en";
}

function isLanguage(text: string | undefined): text is Language {
  return text === "en" || text === "vi";
}
