"""Models of pytorch-forecasting, which are lightning modules."""

import torch
import vision  # noqa: F401  # torchmetrics imports torchvision: beside any build of torch after it
from pytorch_forecasting import metrics
from pytorch_forecasting import models as forecasting
from pytorch_forecasting.data import TorchNormalizer
from torch import nn

PAST, FUTURE = 12, 4


def fusion() -> nn.Module:
    """Chosen variables, recurrent layers and attention; seven quantiles."""
    return forecasting.TemporalFusionTransformer(
        hidden_size=8,
        attention_head_size=2,
        output_size=7,
        loss=metrics.QuantileLoss(),
        output_transformer=TorchNormalizer(),
        max_encoder_length=PAST,
        static_categoricals=["shop"],
        time_varying_categoricals_encoder=["day"],
        time_varying_categoricals_decoder=["day"],
        time_varying_reals_encoder=["price", "sold"],
        time_varying_reals_decoder=["price"],
        x_reals=["price", "sold"],
        x_categoricals=["shop", "day"],
        embedding_sizes={"shop": (5, 4), "day": (7, 4)},
        embedding_paddings=[],
        embedding_labels={},
        hidden_continuous_size=4,
    )


def n_beats() -> nn.Module:
    """Trend and season as sums of given curves; what is explained is taken off."""
    return forecasting.NBeats(
        stack_types=["trend", "seasonality", "generic"],
        num_blocks=[1, 1, 1],
        num_block_layers=[2, 2, 2],
        widths=[16, 32, 16],
        sharing=[True, True, True],
        expansion_coefficient_lengths=[3, 4, 8],
        prediction_length=FUTURE,
        context_length=PAST,
        loss=metrics.MASE(),
        output_transformer=TorchNormalizer(),
    )


def inputs() -> tuple[dict[str, torch.Tensor]]:
    """Two shops, as a data set of the library gives them."""
    return (
        {
            "encoder_cat": torch.stack([torch.ones(2, PAST), torch.arange(2 * PAST).view(2, PAST) % 7], -1).long(),
            "decoder_cat": torch.stack(
                [torch.ones(2, FUTURE), torch.arange(2 * FUTURE).view(2, FUTURE) % 7], -1
            ).long(),
            "encoder_cont": torch.randn(2, PAST, 2),
            "decoder_cont": torch.randn(2, FUTURE, 2),
            "encoder_lengths": torch.full((2,), PAST),
            "decoder_lengths": torch.full((2,), FUTURE),
            "target_scale": torch.ones(2, 2),
        },
    )


def plain_inputs() -> tuple[dict[str, torch.Tensor]]:
    """One variable of two shops."""
    return ({"encoder_cont": torch.randn(2, PAST, 1), "target_scale": torch.ones(2, 2)},)
