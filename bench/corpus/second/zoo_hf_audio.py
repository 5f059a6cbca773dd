"""Models of sound from transformers."""

import hearing  # noqa: F401  # transformers imports torchaudio and torchvision: beside any build of torch after these
import vision  # noqa: F401

# isort: split
import torch
import transformers as hf
from torch import nn

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
WAVES = {"conv_dim": [16, 16, 16], "conv_stride": [5, 4, 4], "conv_kernel": [10, 8, 4], "num_feat_extract_layers": 3}
POSITIONS = {"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
TWO_SIDES = {
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
}


def encodec() -> nn.Module:
    """A codec of waves with residual codebooks."""
    config = hf.EncodecConfig(
        hidden_size=16, num_filters=4, upsampling_ratios=[4, 2], codebook_size=32, codebook_dim=16,
        target_bandwidths=[24.0], num_lstm_layers=1,
    )  # fmt: skip
    return hf.EncodecModel(config)


def dac() -> nn.Module:
    """A codec with periodic activations and factorised codes."""
    config = hf.DacConfig(
        encoder_hidden_size=8, downsampling_ratios=[2, 4], decoder_hidden_size=32, n_codebooks=3, codebook_size=32,
        codebook_dim=4,
    )  # fmt: skip
    return hf.DacModel(config)


def wav2vec2() -> nn.Module:
    """Waves to letters, with weights under a norm."""
    config = hf.Wav2Vec2Config(**SIZES, **WAVES, **POSITIONS, vocab_size=30)
    return hf.Wav2Vec2ForCTC(config)


def wav2vec2_conformer() -> nn.Module:
    """Convolution and relative attention in each layer."""
    config = hf.Wav2Vec2ConformerConfig(
        **SIZES,
        **WAVES,
        **POSITIONS,
        vocab_size=30,
        position_embeddings_type="relative",
        conv_depthwise_kernel_size=7,
    )
    return hf.Wav2Vec2ConformerModel(config)


def wavlm() -> nn.Module:
    """Gated relative positions."""
    return hf.WavLMModel(hf.WavLMConfig(**SIZES, **WAVES, **POSITIONS, num_buckets=16, max_bucket_distance=32))


def speecht5() -> nn.Module:
    """Text to a spectrogram, in the voice of a speaker."""
    config = hf.SpeechT5Config(
        **TWO_SIDES,
        vocab_size=40,
        hidden_size=32,
        speech_decoder_prenet_units=16,
        speech_decoder_postnet_units=16,
        speaker_embedding_dim=8,
        num_mel_bins=10,
        use_guided_attention_loss=False,
        use_cache=False,
    )
    return hf.SpeechT5ForTextToSpeech(config)


def vits() -> nn.Module:
    """Text to waves: durations by a flow, a length that the values decide."""
    config = hf.VitsConfig(
        vocab_size=40,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        ffn_dim=32,
        window_size=2,
        flow_size=16,
        spectrogram_bins=9,
        prior_encoder_num_flows=2,
        prior_encoder_num_wavenet_layers=2,
        posterior_encoder_num_wavenet_layers=2,
        duration_predictor_num_flows=2,
        duration_predictor_filter_channels=16,
        depth_separable_num_layers=2,
        upsample_initial_channel=16,
        upsample_rates=[4, 4],
        upsample_kernel_sizes=[8, 8],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3]],
    )
    return hf.VitsModel(config)


def speech_to_text() -> nn.Module:
    """Filter banks to words, as Whisper does it."""
    config = hf.Speech2TextConfig(
        **TWO_SIDES, vocab_size=60, d_model=32, input_feat_per_channel=20, conv_channels=32, use_cache=False
    )
    return hf.Speech2TextForConditionalGeneration(config)


def moonshine() -> nn.Module:
    """Waves to words, with rotary positions."""
    config = hf.MoonshineConfig(
        vocab_size=60,
        hidden_size=32,
        intermediate_size=64,
        encoder_num_hidden_layers=2,
        decoder_num_hidden_layers=2,
        encoder_num_attention_heads=4,
        decoder_num_attention_heads=4,
        use_cache=False,
    )
    return hf.MoonshineForConditionalGeneration(config)


def spectrogram_transformer() -> nn.Module:
    """A spectrogram in overlapping patches."""
    config = hf.ASTConfig(**SIZES, num_mel_bins=32, max_length=48, patch_size=8, frequency_stride=6, time_stride=6)
    return hf.ASTForAudioClassification(config)


def musicgen() -> nn.Module:
    """Text to the codes of several books, which are delayed against each other."""
    text = hf.T5Config(vocab_size=60, d_model=32, d_ff=64, d_kv=8, num_layers=2, num_heads=4)
    audio = encodec().config
    decoder = hf.MusicgenDecoderConfig(
        vocab_size=32, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=64, num_codebooks=2,
        use_cache=False, pad_token_id=32, bos_token_id=32,
    )  # fmt: skip
    config = hf.MusicgenConfig(text_encoder=text.to_dict(), audio_encoder=audio.to_dict(), decoder=decoder.to_dict())
    return hf.MusicgenForConditionalGeneration(config)


def speech_inputs() -> dict[str, torch.Tensor]:
    """Letters, the frames so far and a voice."""
    return {
        "input_ids": torch.arange(4, 16).view(1, 12),
        "decoder_input_values": torch.randn(1, 8, 10),
        "speaker_embeddings": torch.randn(1, 8),
    }
