"""A sentence encoder of our own process: a static model (model2vec, tokens to vectors) out of a folder the operator names.

For `pip install weilan[semantic]`. Nothing is ever downloaded: what is not in the folder is an error. Loaded when it is
first asked, once a process; only a process that asks pays for it.
"""

import os
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.values.language import ModelFailed

LIBRARY = "model2vec"
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}


def is_installed() -> bool:
    return find_spec(LIBRARY) is not None


class FolderEmbeddings:
    """For any number of threads, one at a time: a sentence takes some hundredths of a millisecond."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asking = threading.Lock()
        self._model: Any = None

    @property
    def name(self) -> str:
        """Another one when the model in the folder is another."""
        files = sorted(self._folder.rglob("model.safetensors"))
        told = [f"{file}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in files]
        return " ".join([str(self._folder.resolve()), *told])

    def vectors(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        """One for each text; all zeros for one of which the model knows nothing. Raises `ModelFailed`."""
        if not self._asking.acquire(timeout=seconds):
            raise ModelFailed("it is being loaded")
        try:
            if self._model is None:
                self._model = _loaded(self._folder)
            found: list[list[float]] = self._model.encode(list(texts), use_multiprocessing=False).tolist()
        finally:
            self._asking.release()
        return found

    def close(self) -> None:
        self._model = None


def _loaded(folder: Path) -> Any:
    """The library asks its hub for a folder that is not there, so it is never told of one."""
    if not is_installed():
        raise ModelFailed(f"{LIBRARY} is not installed: pip install weilan[semantic]")
    if not folder.is_dir():
        raise ModelFailed(f"{folder} is no folder")
    os.environ.update(OFFLINE)
    try:
        return import_module(LIBRARY).StaticModel.from_pretrained(folder, force_download=False)
    except Exception as error:  # noqa: BLE001  its readers of tokens and tensors raise it bare
        raise ModelFailed(f"{folder} holds no static model: {type(error).__name__}") from None
