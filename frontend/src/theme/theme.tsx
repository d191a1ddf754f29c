"use client";

import {
  createContext,
  use,
  useCallback,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { rememberChoice } from "@/ui/cookie";
import { THEME_COOKIE, type Theme } from "./choice";

interface Chosen {
  readonly theme: Theme;
  /** Show a theme from now on, on this page and on those that come. */
  readonly choose: (theme: Theme) => void;
  /** Show a theme that nobody has chosen for other pages. */
  readonly show: (theme: Theme) => void;
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
  const show = useCallback((next: Theme) => {
    document.documentElement.dataset.theme = next;
    setChoice(next);
  }, []);
  const chosen = useMemo(
    () => ({
      theme: choice ?? system,
      choose: (next: Theme) => {
        rememberChoice(THEME_COOKIE, next);
        show(next);
      },
      show,
    }),
    [choice, system, show],
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
