"use client";

import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { classNames } from "./class-names";

interface Props {
  readonly label: string;
  /** What the button shows; its name is the label. */
  readonly face: ReactNode;
  readonly testId?: string;
  /** The side of the button that the content is flush with. */
  readonly side?: "left" | "right";
  readonly children: ReactNode;
}

/** A button that shows something below it; Escape, a click elsewhere, or leaving it by the keyboard hides it. */
export function Disclosure({ label, face, testId, side = "right", children }: Props): ReactNode {
  const id = useId();
  const whole = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = ({ target }: PointerEvent): void => {
      if (target instanceof Node && whole.current?.contains(target) === false) setOpen(false);
    };
    document.addEventListener("pointerdown", onPointerDown);
    return () => {
      document.removeEventListener("pointerdown", onPointerDown);
    };
  }, [isOpen]);
  return (
    <div
      ref={whole}
      className="relative"
      onBlur={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && whole.current?.contains(relatedTarget) === false) setOpen(false);
      }}
      onKeyDown={({ key }) => {
        if (key !== "Escape" || !isOpen) return;
        setOpen(false);
        button.current?.focus();
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={label}
        title={label}
        data-testid={testId}
        className={classNames(
          "flex h-6 items-center gap-1 rounded-control px-1.5 text-micro font-medium whitespace-nowrap [&>svg]:size-3.5",
          isOpen ? "bg-raised text-text" : "text-muted hover:bg-raised hover:text-text",
        )}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {face}
      </button>
      <div
        id={id}
        hidden={!isOpen}
        role="group"
        aria-label={label}
        className={classNames(
          "absolute top-full z-20 mt-1 w-max max-w-[calc(100vw-1.5rem)] rounded-control border border-line bg-panel p-2 text-small text-text shadow-xl",
          side === "right" ? "right-0" : "left-0",
        )}
      >
        {isOpen && children}
      </div>
    </div>
  );
}
