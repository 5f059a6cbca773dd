import pytest
import torch
from nets import Slow


@pytest.fixture
def model():
    return Slow(frames=2)


@pytest.mark.parametrize(("batch", "size"), [(2, 16), (3, 32)])
def test_shapes(model, batch, size):
    clip = torch.zeros(batch, 3, 4, size, size)
    assert model(video=clip).shape == (batch, 8)
