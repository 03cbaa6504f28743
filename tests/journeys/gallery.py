"""Every distinct page is looked at once on each device: nothing inaccessible, nothing sticking out, one picture kept.

The pages and their numbers are those of ``docs/screenshots.md``, so that the document cannot lag behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "docs" / "screenshots.md"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DEVICES = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def screens() -> dict[str, str]:
    """The name of every screen the document shows → its number and name, as the file is called."""
    found = re.findall(r"^\| `(\d\d)-([a-z0-9-]+)` \|", SCREENS.read_text(encoding="utf-8"), re.M)
    return {name: f"{number}-{name}" for number, name in found}


@dataclass
class Gallery:
    """What has been seen, and what was wrong with it."""

    out: Path
    axe: str = field(default_factory=lambda: AXE.read_text(encoding="utf-8"))
    known: dict[str, str] = field(default_factory=screens)
    seen: dict[str, set[str]] = field(default_factory=lambda: {device: set() for device in DEVICES})
    faults: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, device: str) -> None:
        """Look at a page, the first time it is met on a device."""
        if name in self.seen[device]:
            return
        self.seen[device].add(name)
        if name not in self.known:
            self.faults.append(f"{name}: not in docs/screenshots.md")
        page.screenshot(path=self.out / device / f"{self.known.get(name, name)}.png", full_page=True)
        where = f"{device}/{name} {page.url}"
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            self.faults.append(f"{where}: {wider} px wider than the screen")
        page.evaluate(self.axe)
        found = page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})", RULES
        )
        for one in found["violations"]:
            if one["impact"] in GRAVE:
                places = "; ".join(node["html"][:120] for node in one["nodes"][:3])
                self.faults.append(f"{where}: {one['id']} ({one['impact']}): {places}")
