"""What the packaged app is made of, for programs that look for known faults: a bill of materials in CycloneDX's JSON.

After https://cyclonedx.org/docs/1.6/json; parts are named by package URLs, https://github.com/package-url/purl-spec.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from packaging.utils import canonicalize_name

from pixelforge.services.licences import APP, Licence

BOM = "bom.cdx.json"


def write_bom(parts: Mapping[str, Iterable[Licence]], folder: Path) -> None:
    """Write the bill into a folder. parts: by the type of their package URLs; among `pypi` is the app itself."""
    components = [_component(kind, part) for kind, of_kind in parts.items() for part in _by_name(of_kind)]
    [app] = [component for component in components if component["name"] == APP]
    rest = [component for component in components if component is not app]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**app, "type": "application"}},
        "components": rest,
    }
    (folder / BOM).write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def _by_name(parts: Iterable[Licence]) -> list[Licence]:
    return sorted(parts, key=lambda part: part.name.lower())


def _component(kind: str, part: Licence) -> dict[str, object]:
    name = canonicalize_name(part.name) if kind == "pypi" else part.name.lower()
    url = f"pkg:{kind}/{quote(name, safe='/')}@{quote(part.version, safe='')}"
    told = {"licenses": [{"license": {"name": part.kind}}]} if part.kind else {}
    return {"type": "library", "bom-ref": url, "name": part.name, "version": part.version, **told, "purl": url}
