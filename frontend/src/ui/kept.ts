"use client";

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

/** Keep a text in this browser, for all of its tabs; null forgets it. */
export function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing, by its owner's choice or for lack of room, shows it until the next reload.
  }
  unkept.set(key, value);
  for (const listener of listeners) listener();
}

/** What is kept under a key, by this tab or another one; null where nothing is, and on the server. */
export function useKept(key: string): string | null {
  return useSyncExternalStore(
    subscribe,
    () => kept(key),
    () => null,
  );
}

/** What this tab has kept, also where the browser would not. */
const unkept = new Map<string, string | null>();

/** Return what is kept under a key now. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? unkept.get(key) ?? null;
  } catch {
    return unkept.get(key) ?? null;
  }
}

function subscribe(listener: () => void): () => void {
  const onStorage = ({ key }: StorageEvent): void => {
    if (key !== null) unkept.delete(key);
    listener();
  };
  listeners.add(listener);
  window.addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", onStorage);
  };
}
