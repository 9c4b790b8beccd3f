"""Who may import whom (pyproject.toml, [tool.importlinter]), and that the linter would notice."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own linter
        [str(LINTER), "--no-cache", *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )


def test_the_layers_hold() -> None:
    said = lint()
    assert said.returncode == 0, said.stdout
    assert "0 broken" in said.stdout


def test_a_layer_turned_upside_down_is_noticed(tmp_path: Path) -> None:
    upside_down = tmp_path / "layers.ini"
    upside_down.write_text(
        "[importlinter]\nroot_packages =\n    kernel\n    tenants\n\n"
        "[importlinter:contract:1]\nname = upside down\ntype = layers\nlayers =\n    kernel\n    tenants\n"
    )
    said = lint("--config", str(upside_down))
    assert said.returncode == 1
    assert "tenants.organisation" in said.stdout
