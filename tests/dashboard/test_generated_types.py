"""The types that the page is written against are generated; that they drifted from the contract is seen."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from candlestack_local.dashboard import FRONTEND, command
from platform_under_test import ROOT

CONTRACT = ROOT / "backend_fastapi" / "contract"


def check_types(contract: Path) -> subprocess.CompletedProcess[str]:
    """Compare the committed types with a contract."""
    node, _ = command()
    generate = [node, str(FRONTEND / "scripts" / "generate.mjs"), "--check", "--contract", str(contract)]
    return subprocess.run(generate, capture_output=True, text=True, check=False)


def test_the_types_are_what_the_contract_says() -> None:
    checked = check_types(CONTRACT)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_fields_renamed_in_the_contract_are_seen(tmp_path: Path) -> None:
    contract = Path(shutil.copytree(CONTRACT, tmp_path / "contract"))
    for published, field in (("openapi.json", "price_decimals"), ("session.schema.json", "taker_buy_volume")):
        document = contract / published
        assert field in document.read_text()
        document.write_text(document.read_text().replace(field, "renamed"))
    checked = check_types(contract)
    assert checked.returncode == 1
    assert "not what the API's contract says: openapi.ts, socket.ts; run: npm run generate" in checked.stderr
