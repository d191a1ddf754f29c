"use client";

import { createContext, use, useMemo, useState, type ReactNode } from "react";
import { rememberChoice } from "@/ui/cookie";
import type { Texts } from "./en";
import { LANGUAGE_COOKIE, TEXTS, type Language } from "./language";

interface Chosen {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const ChosenLanguage = createContext<Chosen | null>(null);

/** Show everything inside in a language that can be changed without loading the page anew. */
export function LanguageProvider({
  initial,
  children,
}: {
  initial: Language;
  children: ReactNode;
}): ReactNode {
  const [language, setLanguage] = useState(initial);
  const chosen = useMemo(
    () => ({
      language,
      choose: (next: Language) => {
        document.documentElement.lang = next;
        rememberChoice(LANGUAGE_COOKIE, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <ChosenLanguage value={chosen}>{children}</ChosenLanguage>;
}

/** The language that is shown, and how to choose another. */
export function useLanguage(): Chosen {
  const chosen = use(ChosenLanguage);
  if (chosen === null) throw new Error("there is no LanguageProvider around this");
  return chosen;
}

/** The texts in the language that is shown. */
export function useTexts(): Texts {
  return TEXTS[useLanguage().language];
}
