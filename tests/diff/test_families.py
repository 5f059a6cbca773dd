"""Steps within families of models: told in few lines, nothing lost, and the verdict on old weights is torch's own."""

import re

import pytest
from families import MOST, Family, applicable
from loading import maps, really_loads

from nnviz_action.comparison import diff
from nnviz_action.report.changes import sentence

pytestmark = pytest.mark.torch
SAID = {  # of a step, what a reader is told
    "BERT to RoBERTa": (r"Bert\* → Roberta\*, 9 classes", r"padding_idx 0 → 1"),
    "GPT-2 to Llama": (r"model .*GPT2Model → LlamaModel: rotary_emb, .*added; .*removed",),
    "Llama to Mixtral": (r"mlp .*LlamaMLP → MixtralSparseMoeBlock: gate and experts added", r"1e-06 → 1e-05", r"inv_freq"),
    "Llama to Qwen2": (r"Llama\* → Qwen2\*", r"\{q_proj,k_proj,v_proj\} \(Linear ×12\): bias added"),
    "ResNet18 to ResNet50": (
        r"\{0,1\} \(Bottleneck ×8\): BasicBlock → Bottleneck: conv3, bn3 and downsample ×1 added; .*relu called once more",
        r"\+ .*\(Bottleneck ×8\)", r"fc \(Linear\): in 512 → 2048",
    ),
    "MobileNetV2 to V3 small": (r"ReLU6 → Hardswish ×18", r"InvertedResidual removed ×6"),
    "U-Net with names deeper": (r"\(×15\): sizes 128 → 256 … 16 → 32 of ConvTranspose2d ×3, Conv2d ×6 and BatchNorm2d ×6",),
    "LoRA by hand": (r"the top: all weights frozen but those of lora_a ×8 and lora_b ×8", r"×8\): put around Linear, now base"),
    "Llama in bytes": (r"Linear → Int8", r"\(×29\): weight f32 parameter → i8 buffer"),
    "compiled": (r"^~ the top: wrapped by torch\.compile",),
    "wrapped": (r"^~ model \(ResNet\): put around conv1",),
}  # fmt: skip


@pytest.fixture(params=[name for name in SAID if name in applicable()])
def family(request: pytest.FixtureRequest) -> Family:
    return applicable()[request.param]


def test_a_step_is_told_briefly_and_nothing_is_lost(family: Family) -> None:
    graphs = family.graphs()
    found = diff(*graphs)
    lines = [sentence(change) for change in found.changes]
    assert [text for text in SAID[family.name] if not any(re.search(text, line) for line in lines)] == [], lines
    for way in (found, diff(*graphs[::-1])):
        assert len(way.changes) <= MOST, [sentence(change) for change in way.changes]
        assert len(way.each) >= len(way.changes)
        assert not any(change.folded for change in way.each)
        assert way.checkpoint is not None
        makes = (family.before, family.after) if way is found else (family.after, family.before)
        assert way.checkpoint.loads == really_loads(*makes, fake=family.fake)
        if way.checkpoint.is_mapped:
            assert maps(*makes, family.inputs, way)
