"""What every PyTorch class of the course shares: the device, and the border for arrays."""

import os

import numpy as np
import torch


def device():
    """MEDAI_DEVICE (cpu, cuda, cuda:1) if set; else CUDA where there is one, else the CPU."""
    chosen = os.environ.get("MEDAI_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.device(chosen)
    except RuntimeError as error:
        raise ValueError(
            f"MEDAI_DEVICE={chosen!r} is no PyTorch device; try cpu or cuda"
        ) from error


class TorchArrays:
    """Arrays cross to tensors on the device once, before the verbs, and come home once, after."""

    def _to_backend(self, *arrays):
        tensors = [torch.tensor(np.ascontiguousarray(a), device=device()) for a in arrays]
        return tensors if len(tensors) > 1 else tensors[0]

    def _to_numpy(self, *tensors):
        arrays = [t.detach().cpu().numpy() for t in tensors]
        return arrays if len(arrays) > 1 else arrays[0]
