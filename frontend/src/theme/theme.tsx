"use client";

import { createContext, use, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { rememberChoice } from "@/ui/cookie";
import { THEME_COOKIE, type Theme } from "./choice";

interface Chosen {
  readonly theme: Theme;
  readonly choose: (theme: Theme) => void;
}

const ChosenTheme = createContext<Chosen | null>(null);

/** Show everything inside in the theme that was chosen, or, before any choice, in the system's. */
export function ThemeProvider({
  initial,
  children,
}: {
  initial: Theme | null;
  children: ReactNode;
}): ReactNode {
  const [choice, setChoice] = useState(initial);
  const system = useSyncExternalStore(subscribeToSystem, systemTheme, () => "dark" as const);
  const chosen = useMemo(
    () => ({
      theme: choice ?? system,
      choose: (next: Theme) => {
        document.documentElement.dataset.theme = next;
        rememberChoice(THEME_COOKIE, next);
        setChoice(next);
      },
    }),
    [choice, system],
  );
  return <ChosenTheme value={chosen}>{children}</ChosenTheme>;
}

/** The theme that is shown, and how to choose the other. */
export function useTheme(): Chosen {
  const chosen = use(ChosenTheme);
  if (chosen === null) throw new Error("there is no ThemeProvider around this");
  return chosen;
}

const LIGHT = "(prefers-color-scheme: light)";

function subscribeToSystem(listener: () => void): () => void {
  const light = window.matchMedia(LIGHT);
  light.addEventListener("change", listener);
  return () => {
    light.removeEventListener("change", listener);
  };
}

function systemTheme(): Theme {
  return window.matchMedia(LIGHT).matches ? "light" : "dark";
}
