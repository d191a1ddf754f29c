"use client";

import { useRouter } from "next/navigation";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useFeed, useMarket, useMarketFeed, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { inOrder, matching, pairAddress } from "@/pairs/match";
import { currencies, pairName } from "@/pairs/name";
import { classNames } from "@/ui/class-names";
import { ChevronDown, Search } from "@/ui/icons";

/** The pair that is shown, and the way to another: a search that the keyboard reaches by `/` or Ctrl+K. */
export function PairSwitch(): ReactNode {
  const texts = useTexts().pair;
  const { symbol } = useMarketFeed();
  const feed = useFeed();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);

  const open = (): void => {
    feed.retryNow();
    dialog.current?.showModal();
    setOpen(true);
  };
  useShortcut(open);

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="/ Control+K"
        title={`${texts.switch} ( / )`}
        data-testid="pair-switch"
        className="flex items-center gap-1 rounded-control bg-raised py-1 pr-1.5 pl-2.5 text-title font-semibold hover:bg-line"
        onClick={open}
      >
        <h1>{pairName(symbol)}</h1>
        <ChevronDown />
        <span className="sr-only">{texts.switch}</span>
      </button>
      <dialog
        ref={dialog}
        aria-label={texts.switch}
        className="m-0 mx-auto mt-14 w-[min(22rem,calc(100vw-1.5rem))] rounded-control border border-line bg-panel p-0 text-text shadow-2xl backdrop:bg-black/40 lg:mx-0 lg:ml-36"
        onClose={() => {
          setOpen(false);
        }}
        onClick={({ target }) => {
          // A click beside it: all of the dialog is covered by what is in it.
          if (target === dialog.current) dialog.current.close();
        }}
      >
        {isOpen && (
          <PairSearch
            shown={symbol}
            done={() => {
              dialog.current?.close();
            }}
          />
        )}
      </dialog>
    </>
  );
}

function PairSearch({ shown, done }: { shown: string; done: () => void }): ReactNode {
  const texts = useTexts().pair;
  const router = useRouter();
  const listId = useId();
  const { answer: symbols, loading } = useSymbols();
  const interval = useMarket("interval");
  const [search, setSearch] = useState("");
  const known = inOrder(symbols?.symbols.map(({ symbol }) => symbol) ?? []);
  const found = matching(known, search);
  const [chosen, setChosen] = useState<string | null>(shown);
  const active = chosen !== null && found.includes(chosen) ? chosen : found[0];

  const go = (symbol: string): void => {
    done();
    if (symbol !== shown) router.push(pairAddress(symbol, interval));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = active === undefined ? -1 : found.indexOf(active);
    if (event.key === "Enter" && active !== undefined) go(active);
    else if (event.key === "ArrowDown") setChosen(found[(index + 1) % found.length] ?? null);
    else if (event.key === "ArrowUp") setChosen(found.at(index - 1) ?? null);
    else return;
    event.preventDefault();
  };

  return (
    <div>
      <div className="flex items-center gap-2 border-b border-line px-3 text-muted">
        <Search />
        <input
          type="text"
          role="combobox"
          autoFocus
          autoComplete="off"
          spellCheck={false}
          aria-label={texts.search}
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={active === undefined ? undefined : `${listId}-${active}`}
          placeholder={texts.search}
          className="w-full bg-transparent py-2.5 text-title text-text outline-none placeholder:text-muted"
          value={search}
          onChange={({ target }) => {
            setSearch(target.value);
            setChosen(null);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ul id={listId} role="listbox" aria-label={texts.switch} className="max-h-[60vh] overflow-y-auto py-1">
        {found.map((symbol) => (
          <PairOption
            key={symbol}
            id={`${listId}-${symbol}`}
            symbol={symbol}
            active={symbol === active}
            shown={symbol === shown}
            point={() => {
              setChosen(symbol);
            }}
            go={() => {
              go(symbol);
            }}
          />
        ))}
      </ul>
      {found.length === 0 && (
        <p role="status" className="px-3 pb-3 text-muted">
          {known.length > 0 ? texts.none : loading.phase === "failed" ? texts.failed : texts.loading}
        </p>
      )}
      <p aria-hidden="true" className="border-t border-line px-3 py-1.5 text-micro text-muted max-lg:hidden">
        {texts.hint}
      </p>
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly symbol: string;
  readonly active: boolean;
  readonly shown: boolean;
  readonly point: () => void;
  readonly go: () => void;
}

function PairOption({ id, symbol, active, shown, point, go }: OptionProps): ReactNode {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) item.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const { base, quote } = currencies(symbol);
  return (
    // The keys are the combobox's, which stays focused: the pattern of WAI-ARIA.
    <li
      ref={item}
      id={id}
      role="option"
      aria-selected={active}
      className={classNames("flex cursor-pointer items-baseline gap-1 px-3 py-1.5", active && "bg-raised")}
      onPointerMove={point}
      onClick={go}
    >
      <span className="text-title font-semibold">{base}</span>
      {quote !== "" && <span className="text-muted">/{quote}</span>}
      {shown && <span aria-hidden="true" className="ml-auto size-1.5 self-center rounded-full bg-accent" />}
    </li>
  );
}

/** Open by `/`, unless something is being written, or by Ctrl+K. */
function useShortcut(open: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent): void => {
      const writing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
      const combination = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (writing || !(slash || combination)) return;
      event.preventDefault();
      open();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
    };
  });
}
