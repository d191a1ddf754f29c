"use client";

import { createContext, use, useMemo, useState, type ReactNode } from "react";
import { minuteOf, timeOfDay, zoneName, type Zone } from "@/numbers/time";
import { rememberChoice } from "./cookie";
import { ZONE_COOKIE } from "./zone-choice";

interface Chosen {
  readonly zone: Zone;
  readonly choose: (zone: Zone) => void;
  /** Write an epoch time in ms as a time of day, a minute or a day; name the zone as it is then. */
  readonly time: (time: number) => string;
  readonly minute: (time: number) => string;
  readonly name: (time: number) => string;
}

const ChosenZone = createContext<Chosen | null>(null);

/** Write every time inside by the clock that was chosen, which can be changed in place. */
export function ZoneProvider({ initial, children }: { initial: Zone; children: ReactNode }): ReactNode {
  const [zone, setZone] = useState(initial);
  const chosen = useMemo(
    () => ({
      zone,
      choose: (next: Zone) => {
        rememberChoice(ZONE_COOKIE, next);
        setZone(next);
      },
      time: (time: number) => timeOfDay(time, zone),
      minute: (time: number) => minuteOf(time, zone),
      name: (time: number) => zoneName(time, zone),
    }),
    [zone],
  );
  return <ChosenZone value={chosen}>{children}</ChosenZone>;
}

/** The clock that times are written by, and how to choose the other. */
export function useZone(): Chosen {
  const chosen = use(ChosenZone);
  if (chosen === null) throw new Error("there is no ZoneProvider around this");
  return chosen;
}
