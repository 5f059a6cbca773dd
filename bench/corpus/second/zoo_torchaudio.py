"""Models of torchaudio, made small."""

import hearing  # noqa: F401  # torchaudio, beside any build of torch

# isort: split
import torch
from torch import nn
from torchaudio import models


def tacotron2() -> nn.Module:
    """Letters to a spectrogram, frame after frame."""
    return models.Tacotron2(
        n_mels=8,
        n_symbol=30,
        symbol_embedding_dim=16,
        encoder_embedding_dim=16,
        encoder_n_convolution=2,
        decoder_rnn_dim=16,
        attention_rnn_dim=16,
        attention_hidden_dim=8,
        attention_location_n_filter=4,
        attention_location_kernel_size=5,
        prenet_dim=8,
        postnet_n_convolution=2,
        postnet_embedding_dim=8,
    )


def conformer() -> nn.Module:
    """Attention and convolution by turns, over padded frames."""
    return models.Conformer(16, num_heads=4, ffn_dim=32, num_layers=2, depthwise_conv_kernel_size=7)


def conv_tasnet() -> nn.Module:
    """Two voices out of one wave."""
    return models.ConvTasNet(
        enc_num_feats=16, msk_num_feats=8, msk_num_hidden_feats=16, msk_num_layers=3, msk_num_stacks=2
    )


def emformer() -> nn.Module:
    """Segments with a memory."""
    return models.Emformer(16, 4, 32, num_layers=2, segment_length=4, right_context_length=1, max_memory_size=2)


def wavernn() -> nn.Module:
    """A wave, sample after sample, under a spectrogram."""
    return models.WaveRNN(
        upsample_scales=[2, 2], n_classes=16, hop_length=4, n_res_block=2, n_rnn=16, n_fc=16, kernel_size=3, n_freq=8,
        n_hidden=8, n_output=8,
    )  # fmt: skip


def hdemucs() -> nn.Module:
    """Sources out of a mix: in time and in frequency at once."""
    return models.HDemucs(["drums", "other"], channels=8, nfft=256, depth=4)


def deepspeech() -> nn.Module:
    """Frames to letters with a recurrent layer."""
    return models.DeepSpeech(16, n_hidden=32, n_class=10)


def transducer() -> nn.Module:
    """Sound and text so far, joined for each pair of steps."""
    return models.emformer_rnnt_model(
        input_dim=8,
        encoding_dim=16,
        num_symbols=20,
        segment_length=8,
        right_context_length=4,
        time_reduction_input_dim=8,
        time_reduction_stride=4,
        transformer_num_heads=4,
        transformer_ffn_dim=32,
        transformer_num_layers=2,
        transformer_dropout=0.1,
        transformer_activation="gelu",
        transformer_left_context_length=4,
        transformer_max_memory_size=0,
        transformer_weight_init_scale_strategy="depthwise",
        transformer_tanh_on_mem=True,
        symbol_embedding_dim=8,
        num_lstm_layers=2,
        lstm_layer_norm=True,
        lstm_layer_norm_epsilon=1e-3,
        lstm_dropout=0.1,
    )


def tacotron2_inputs() -> dict[str, torch.Tensor]:
    """Two texts, the longer one first, with their frames."""
    return {
        "tokens": torch.arange(16).view(2, 8),
        "token_lengths": torch.tensor([8, 6]),
        "mel_specgram": torch.randn(2, 8, 5),
        "mel_specgram_lengths": torch.tensor([5, 4]),
    }


def frames_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    """Two recordings, one of them shorter."""
    return torch.randn(2, 12, 16), torch.tensor([12, 9])


def emformer_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    """Two segments of four frames and one that lies ahead."""
    return torch.randn(2, 9, 16), torch.tensor([9, 9])


def transducer_inputs() -> dict[str, torch.Tensor]:
    """Frames of sound with what lies ahead, and letters."""
    return {
        "sources": torch.randn(1, 20, 8),
        "source_lengths": torch.tensor([20]),
        "targets": torch.arange(1, 6).view(1, 5),
        "target_lengths": torch.tensor([5]),
    }
