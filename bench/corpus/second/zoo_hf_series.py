"""Models of time series and of decisions from transformers."""

import hearing  # noqa: F401  # transformers imports torchaudio and torchvision: beside any build of torch after these
import vision  # noqa: F401

# isort: split
import torch
import transformers as hf
from torch import nn

PAST, FUTURE = 24, 6
SERIES = {
    "prediction_length": FUTURE,
    "context_length": PAST - 3,
    "lags_sequence": [1, 2, 3],
    "num_time_features": 2,
    "num_static_categorical_features": 1,
    "cardinality": [5],
    "embedding_dimension": [4],
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "d_model": 16,
    "use_cache": False,
}


def forecast_inputs() -> dict[str, torch.Tensor]:
    """A past that was observed whole and the future's known features."""
    return {
        "past_values": torch.randn(2, PAST),
        "past_time_features": torch.randn(2, PAST, 2),
        "past_observed_mask": torch.ones(2, PAST),
        "static_categorical_features": torch.zeros(2, 1, dtype=torch.long),
        "future_values": torch.randn(2, FUTURE),
        "future_time_features": torch.randn(2, FUTURE, 2),
    }


def time_series_transformer() -> nn.Module:
    """A distribution of the future's values, trained by its likelihood."""
    return hf.TimeSeriesTransformerForPrediction(hf.TimeSeriesTransformerConfig(**SERIES))


def informer() -> nn.Module:
    """Attention of the most telling queries alone."""
    return hf.InformerForPrediction(hf.InformerConfig(**SERIES, attention_type="prob", sampling_factor=2))


def autoformer() -> nn.Module:
    """Trend and season apart, attention by autocorrelation."""
    return hf.AutoformerForPrediction(hf.AutoformerConfig(**SERIES, label_length=6, moving_average=5))


def patchtst() -> nn.Module:
    """Each channel by itself, in patches."""
    config = hf.PatchTSTConfig(
        num_input_channels=3,
        context_length=32,
        patch_length=8,
        patch_stride=8,
        d_model=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        ffn_dim=32,
        prediction_length=FUTURE,
    )
    return hf.PatchTSTForPrediction(config)


def patchtsmixer() -> nn.Module:
    """Perceptrons over patches, features and channels."""
    config = hf.PatchTSMixerConfig(
        context_length=32, patch_length=8, patch_stride=8, num_input_channels=3, d_model=16, num_layers=2,
        prediction_length=FUTURE, mode="mix_channel",
    )  # fmt: skip
    return hf.PatchTSMixerForPrediction(config)


def decision_transformer() -> nn.Module:
    """States, actions and returns as one sequence."""
    config = hf.DecisionTransformerConfig(
        state_dim=5, act_dim=2, hidden_size=32, max_ep_len=50, n_layer=2, n_head=2, n_positions=64
    )
    return hf.DecisionTransformerModel(config)


def decision_inputs() -> dict[str, torch.Tensor]:
    """Six steps of two episodes."""
    return {
        "states": torch.randn(2, 6, 5),
        "actions": torch.randn(2, 6, 2),
        "rewards": torch.randn(2, 6, 1),
        "returns_to_go": torch.randn(2, 6, 1),
        "timesteps": torch.arange(6).expand(2, 6),
        "attention_mask": torch.ones(2, 6, dtype=torch.long),
    }
