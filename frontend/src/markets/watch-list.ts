"use client";

import { useMemo } from "react";
import { keep, kept, useKept } from "@/ui/kept";

const KEY = "watch-list";

/** The symbols that this browser watches. */
export function useWatchList(): readonly string[] {
  const text = useKept(KEY);
  return useMemo(() => read(text), [text]);
}

/** Put a pair on the watch list, or take it off. */
export function toggleWatched(symbol: string): void {
  const list = read(kept(KEY));
  const changed = list.includes(symbol) ? list.filter((each) => each !== symbol) : [...list, symbol];
  keep(KEY, changed.length === 0 ? null : changed.join(","));
}

function read(text: string | null): readonly string[] {
  return text === null || text === "" ? [] : text.split(",");
}
