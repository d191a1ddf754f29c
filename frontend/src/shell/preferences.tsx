"use client";

import type { ReactNode } from "react";
import { LANGUAGES, TEXTS } from "@/i18n/language";
import { useLanguage, useTexts } from "@/i18n/texts";
import { useTheme } from "@/theme/theme";
import { classNames } from "@/ui/class-names";
import { Moon, Sun } from "@/ui/icons";

/** The language and the theme; both are changed in place and remembered. */
export function Preferences(): ReactNode {
  const texts = useTexts();
  const { language, choose } = useLanguage();
  const { theme, choose: chooseTheme } = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <div className="flex items-center gap-1.5">
      <div role="group" aria-label={texts.language.label} className="flex rounded-control bg-raised p-0.5">
        {LANGUAGES.map((code) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={code === language}
            aria-label={`${code} ${TEXTS[code].name}`}
            className={classNames(
              "rounded-[3px] px-1.5 text-micro font-medium uppercase",
              code === language ? "bg-panel text-text shadow-xs" : "text-muted hover:text-text",
            )}
            onClick={() => {
              choose(code);
            }}
          >
            {code}
          </button>
        ))}
      </div>
      <button
        type="button"
        aria-label={other === "dark" ? texts.theme.toDark : texts.theme.toLight}
        title={other === "dark" ? texts.theme.toDark : texts.theme.toLight}
        className="grid size-7 place-items-center rounded-control text-muted hover:bg-raised hover:text-text"
        onClick={() => {
          chooseTheme(other);
        }}
      >
        {theme === "dark" ? <Sun /> : <Moon />}
      </button>
    </div>
  );
}
