"use client";

import { useSyncExternalStore } from "react";

const TICK_MS = 1000;

const listeners = new Set<() => void>();
let shown = 0;
let timer: number | null = null;

function tick(): void {
  shown = Date.now();
  for (const listener of listeners) listener();
  // On the second, so that a clock never skips one.
  timer = window.setTimeout(tick, TICK_MS - (Date.now() % TICK_MS));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    window.clearTimeout(timer);
    timer = null;
  };
}

/** The time in epoch ms, a second at a time and the same everywhere on the page; null while it is not known. */
export function useNow(): number | null {
  return useSyncExternalStore(
    subscribe,
    () => shown || null,
    () => null,
  );
}
