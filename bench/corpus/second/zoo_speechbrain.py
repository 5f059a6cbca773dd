"""Models of speechbrain, made small."""

import hearing  # noqa: F401  # speechbrain imports torchaudio: beside any build of torch after it

# isort: split
import torch
from speechbrain.lobes.models import CRDNN, ECAPA_TDNN, FastSpeech2, HifiGAN, dual_path
from speechbrain.lobes.models.transformer.TransformerASR import TransformerASR
from speechbrain.nnet.quaternion_networks.q_RNN import QLSTM
from speechbrain.nnet.RNN import LSTM
from torch import nn


def ecapa() -> nn.Module:
    """The voice of a speaker: channels that attend to time."""
    return ECAPA_TDNN.ECAPA_TDNN(
        16, lin_neurons=24, channels=[16, 16, 16, 16, 48], attention_channels=8, res2net_scale=4, se_channels=8
    )


def crdnn() -> nn.Module:
    """Convolutional, recurrent and dense layers in a row."""
    return CRDNN.CRDNN(
        input_size=16, cnn_channels=[4, 8], rnn_class=LSTM, rnn_layers=1, rnn_neurons=16, dnn_blocks=1,
        dnn_neurons=16,
    )  # fmt: skip


def transformer_asr() -> nn.Module:
    """A conformer that listens and a transformer that writes."""
    return TransformerASR(
        30, input_size=16, d_model=32, nhead=4, num_encoder_layers=1, num_decoder_layers=1, d_ffn=64, kernel_size=7,
        encoder_module="conformer", attention_type="RelPosMHAXL", normalize_before=True, causal=False,
    )  # fmt: skip


def fast_speech() -> nn.Module:
    """Letters to frames, each for as long as it is said to last."""
    side = {"num_layers": 1, "num_head": 2, "d_model": 16, "ffn_dim": 32, "k_dim": 16, "v_dim": 16, "dropout": 0.1}
    sides = {f"{name}_{key}": value for name in ("enc", "dec") for key, value in side.items()}
    return FastSpeech2.FastSpeech2(
        **sides,
        normalize_before=False,
        ffn_type="1dcnn",
        ffn_cnn_kernel_size_list=[3, 1],
        n_char=30,
        n_mels=8,
        postnet_embedding_dim=8,
        postnet_kernel_size=5,
        postnet_n_convolutions=2,
        postnet_dropout=0.1,
        padding_idx=0,
        dur_pred_kernel_size=3,
        pitch_pred_kernel_size=3,
        energy_pred_kernel_size=3,
        variance_predictor_dropout=0.1,
    )


def hifigan() -> nn.Module:
    """A spectrogram to a wave: norms of weights, sums of blocks."""
    return HifiGAN.HifiganGenerator(
        8,
        1,
        resblock_type="1",
        resblock_dilation_sizes=[[1, 3, 5], [1, 3, 5]],
        resblock_kernel_sizes=[3, 7],
        upsample_kernel_sizes=[8, 4],
        upsample_initial_channel=16,
        upsample_factors=[4, 2],
    )


def dual_path_separator() -> nn.Module:
    """Short pieces of a sequence, then what lies across them."""
    inside = dual_path.SBTransformerBlock(1, 16, 2, d_ffn=32)
    across = dual_path.SBTransformerBlock(1, 16, 2, d_ffn=32)
    return dual_path.Dual_Path_Model(16, 16, inside, across, num_layers=1, K=8, num_spks=2)


def quaternion_lstm() -> nn.Module:
    """Numbers of four parts."""
    return QLSTM(hidden_size=8, input_shape=(2, 6, 16), num_layers=1, autograd=True)


def asr_inputs() -> dict[str, torch.Tensor]:
    """Frames and the words so far."""
    return {"src": torch.randn(1, 10, 16), "tgt": torch.arange(1, 6).view(1, 5), "wav_len": torch.ones(1)}


def fast_speech_inputs() -> dict[str, torch.Tensor]:
    """Six letters with their lengths, and the pitch and energy of ten frames."""
    return {
        "tokens": torch.arange(1, 7).view(1, 6),
        "durations": torch.tensor([[1, 2, 1, 3, 2, 1]]),
        "pitch": torch.randn(1, 10),
        "energy": torch.randn(1, 10),
    }
