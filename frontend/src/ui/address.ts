"use client";

import { useSearchParams } from "next/navigation";
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

/** Set a parameter of the page's address, or take it out, where it outlives a reload and can be handed on. */
export function rememberInAddress(name: string, value: string | null): void {
  const address = new URL(window.location.href);
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
  // Commas are kept as they are: what is handed on should be readable.
  const query = address.search.replaceAll("%2C", ",");
  window.history.replaceState(null, "", address.pathname + query + address.hash);
  for (const listener of listeners) listener();
}

/**
 * A parameter of the page's address, at once when it is remembered: the router, which tells of it too, does so
 * when it has time.
 */
export function useInAddress(name: string): string | null {
  const routed = useSearchParams().get(name);
  return useSyncExternalStore(
    subscribe,
    () => new URL(window.location.href).searchParams.get(name),
    () => routed,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
