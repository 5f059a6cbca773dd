"""Attention over more axes than ONNX has an operator for."""

from typing import Any

import numpy
import onnx_ir as ir
import onnxruntime
import pytest

torch = pytest.importorskip("torch")

from nnviz_action.capture.opaque import export_with_opaque  # noqa: E402  # needs torch

pytestmark = pytest.mark.torch


class Windows(torch.nn.Module):  # type: ignore[misc,name-defined]
    """Attention within each of three windows: query, key and value have five axes."""

    def __init__(self, mask: Any = None) -> None:
        super().__init__()
        self.qkv, self.mask = torch.nn.Linear(8, 24), mask

    def forward(self, x: Any) -> Any:
        batch, windows, length, _ = x.shape
        q, k, v = self.qkv(x).reshape(batch, windows, length, 3, 2, 4).permute(3, 0, 1, 4, 2, 5).unbind(0)
        return torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=self.mask).transpose(2, 3)


@pytest.mark.parametrize("axes", [None, {"x": {0: "batch"}}], ids=["sizes", "named"])
def test_what_the_file_gives_is_what_the_model_gives(axes: Any) -> None:
    model, x = Windows().eval(), torch.randn(2, 3, 5, 8)
    dynamic = {"x": {0: torch.export.Dim.DYNAMIC}} if axes else None
    exported, opaque = export_with_opaque(torch.export.export(model, (x,), dynamic_shapes=dynamic), 18)
    assert not opaque
    session = onnxruntime.InferenceSession(ir.to_proto(exported).SerializeToString())
    (found,) = session.run(None, {"x": x.numpy()})
    assert numpy.allclose(found, model(x).detach().numpy(), atol=1e-5)


class Turned(torch.nn.Module):  # type: ignore[misc,name-defined]
    """Attention over what was turned, so that it does not lie in memory as it is read."""

    def forward(self, x: Any) -> Any:
        q = x.permute(0, 2, 3, 1, 4)
        return torch.nn.functional.scaled_dot_product_attention(q, q, q)


def test_what_was_turned_gives_the_same() -> None:
    x = torch.randn(2, 5, 3, 4, 8)
    exported, opaque = export_with_opaque(torch.export.export(Turned(), (x,)), 18)
    assert not opaque
    (found,) = onnxruntime.InferenceSession(ir.to_proto(exported).SerializeToString()).run(None, {"x": x.numpy()})
    assert numpy.allclose(found, Turned()(x).numpy(), atol=1e-5)


class Spread(torch.nn.Module):  # type: ignore[misc,name-defined]
    """Keys that all windows share."""

    def forward(self, q: Any, k: Any) -> Any:
        return torch.nn.functional.scaled_dot_product_attention(q, k, k)


def test_keys_that_windows_share_stay_opaque() -> None:
    q, k = torch.randn(2, 3, 4, 5, 8), torch.randn(2, 1, 4, 5, 8)
    assert export_with_opaque(torch.export.export(Spread(), (q, k)), 18)[1] == ("scaled_dot_product_attention",)


def test_a_mask_for_each_window_stays_opaque() -> None:
    model = Windows(torch.zeros(2, 3, 1, 5, 5)).eval()
    _, opaque = export_with_opaque(torch.export.export(model, (torch.randn(2, 3, 5, 8),)), 18)
    assert opaque == ("scaled_dot_product_attention",)
