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


def mixed_precision():
    """Where MEDAI_MIXED_PRECISION=1, products of float32 in bfloat16; the weights stay float32.

    Worth it on a GPU with tensor cores; float64 networks are untouched.

    Micikevicius, P. et al. (2018). Mixed precision training. ICLR. arXiv:1710.03740
    """
    chosen = os.environ.get("MEDAI_MIXED_PRECISION", "0")
    if chosen not in ("0", "1"):
        raise ValueError(f"MEDAI_MIXED_PRECISION={chosen!r} must be 0 or 1")
    return torch.autocast(device().type, torch.bfloat16, enabled=chosen == "1")


class TorchArrays:
    """Arrays cross to tensors on the device once, before the verbs, and come home once, after."""

    def _to_backend(self, *arrays):
        tensors = [self._tensor(np.ascontiguousarray(a)) for a in arrays]
        return tensors if len(tensors) > 1 else tensors[0]

    def _tensor(self, array):
        """A copy, so that a verb may write into it."""
        return torch.tensor(array, device=device())

    def _to_numpy(self, *tensors):
        arrays = [t.detach().cpu().numpy() for t in tensors]
        return arrays if len(arrays) > 1 else arrays[0]
