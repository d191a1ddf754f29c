"""Work that is done every so often for as long as somebody listens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

from app.problems import ApiError
from candlestack_core.logging import get_logger
from candlestack_core.pauses import Pauses

_LOG = get_logger(__name__)

LONGEST_PAUSE_S = 60.0


async def repeat(name: str, work: Callable[[], Awaitable[None]], every_s: float) -> NoReturn:
    """Do something every so often, until cancelled; an error is logged under a name, and ends nothing.

    That a store is away (ApiError) is told elsewhere, and looked for again at the same pace.
    """
    pauses = Pauses(first=every_s, longest=LONGEST_PAUSE_S)
    while True:
        pause = every_s
        try:
            await work()
            pauses.reset()
        except ApiError:
            pauses.reset()
        except Exception:  # noqa: BLE001 - logged whole, and tried again
            # Nobody awaits this: what listens would stand still, and no one would hear why.
            _LOG.exception("failed, and is tried again", what=name)
            pause = pauses.next()
        await asyncio.sleep(pause)
