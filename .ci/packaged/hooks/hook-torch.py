"""Stands in for the contributed hook for torch, which takes all of its folder along.

The modules are those that imports lead to; the libraries, those that torch does not only test itself with.
"""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, get_package_paths

from packaged.parts import used_torch

binaries = used_torch(collect_dynamic_libs("torch"))
# Outside Windows, torch refuses to be imported without it, though only data loaders' processes would call it.
manager = Path(get_package_paths("torch")[1]) / "bin" / "torch_shm_manager"
if manager.exists():
    binaries.append((str(manager), "torch/bin"))
# Links to torch's libraries beside the executable would confuse it about where its own folder is.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
module_collection_mode = "pyz+py"  # some of its modules read their own source when they are imported
