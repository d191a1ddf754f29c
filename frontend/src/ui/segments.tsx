"use client";

import type { ReactNode } from "react";
import { classNames } from "./class-names";

interface Props<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string; readonly hint?: string }[];
  readonly chosen: Value;
  readonly choose: (value: Value) => void;
  readonly className?: string;
}

/** A few choices side by side, one of them pressed. */
export function Segments<Value extends string>({
  label,
  options,
  chosen,
  choose,
  className,
}: Props<Value>): ReactNode {
  return (
    <div
      role="group"
      aria-label={label}
      className={classNames("flex w-fit rounded-control bg-raised p-0.5 whitespace-nowrap", className)}
    >
      {options.map(({ value, text, hint }) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === chosen}
          title={hint}
          className={classNames(
            "rounded-[3px] px-1.5 text-micro font-medium",
            value === chosen ? "bg-panel text-text shadow-xs" : "text-muted hover:text-text",
          )}
          onClick={() => {
            choose(value);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
