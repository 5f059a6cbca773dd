"""Models of text from transformers: what is not plain attention over all positions."""

import hearing  # noqa: F401  # transformers imports torchaudio and torchvision: beside any build of torch after these
import vision  # noqa: F401

# isort: split
import transformers as hf
from torch import nn

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
DECODER = {**SIZES, "vocab_size": 200, "num_key_value_heads": 2, "use_cache": False}


def longformer() -> nn.Module:
    """Attention in windows, with some positions that see all."""
    config = hf.LongformerConfig(**SIZES, vocab_size=200, attention_window=16, max_position_embeddings=80)
    return hf.LongformerModel(config)


def big_bird() -> nn.Module:
    """Sparse attention by blocks, some of them random."""
    config = hf.BigBirdConfig(
        **SIZES, vocab_size=200, block_size=16, num_random_blocks=1, max_position_embeddings=160, use_cache=False
    )
    return hf.BigBirdModel(config)


def reformer() -> nn.Module:
    """Reversible layers; local attention and attention by hashes."""
    config = hf.ReformerConfig(
        vocab_size=200,
        hidden_size=32,
        num_attention_heads=2,
        attention_head_size=16,
        feed_forward_size=64,
        attn_layers=["local", "lsh"],
        axial_pos_shape=[8, 8],
        axial_pos_embds_dim=[8, 24],
        local_attn_chunk_length=16,
        lsh_attn_chunk_length=16,
        num_buckets=4,
        max_position_embeddings=64,
        hash_seed=0,
        is_decoder=False,
        use_cache=False,
    )
    return hf.ReformerForMaskedLM(config)


def deberta() -> nn.Module:
    """Content and position attend to each other."""
    config = hf.DebertaV2Config(
        **SIZES,
        vocab_size=200,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        position_buckets=16,
        share_att_key=True,
        norm_rel_ebd="layer_norm",
        conv_kernel_size=3,
    )
    return hf.DebertaV2ForSequenceClassification(config)


def mamba() -> nn.Module:
    """A selective state space."""
    config = hf.MambaConfig(vocab_size=200, hidden_size=32, state_size=8, num_hidden_layers=2, use_cache=False)
    return hf.MambaForCausalLM(config)


def mamba2() -> nn.Module:
    """A state space by chunks of products."""
    config = hf.Mamba2Config(
        vocab_size=200,
        hidden_size=32,
        state_size=8,
        num_heads=8,
        head_dim=8,
        n_groups=2,
        chunk_size=8,
        num_hidden_layers=2,
        use_cache=False,
    )
    return hf.Mamba2ForCausalLM(config)


def xlnet() -> nn.Module:
    """Attention in two streams with relative positions."""
    config = hf.XLNetConfig(vocab_size=200, d_model=32, n_layer=2, n_head=4, d_inner=64, mem_len=None)
    return hf.XLNetModel(config)


def funnel() -> nn.Module:
    """A sequence that is pooled on its way and spread again."""
    config = hf.FunnelConfig(
        vocab_size=200, block_sizes=[1, 1, 1], num_decoder_layers=1, d_model=32, n_head=4, d_head=8, d_inner=64
    )
    return hf.FunnelModel(config)


def fnet() -> nn.Module:
    """Fourier transforms in place of attention."""
    config = hf.FNetConfig(vocab_size=200, hidden_size=32, num_hidden_layers=2, intermediate_size=64)
    return hf.FNetModel(config)


def perceiver() -> nn.Module:
    """A few latents attend to a long input of bytes."""
    config = hf.PerceiverConfig(
        num_latents=8,
        d_latents=32,
        d_model=24,
        num_blocks=1,
        num_self_attends_per_block=2,
        num_self_attention_heads=4,
        num_cross_attention_heads=4,
        vocab_size=200,
        max_position_embeddings=64,
    )
    return hf.PerceiverForMaskedLM(config)


def bart() -> nn.Module:
    """An encoder and a decoder that share their embedding."""
    config = hf.BartConfig(
        vocab_size=200,
        d_model=32,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        max_position_embeddings=64,
        use_cache=False,
    )
    return hf.BartForConditionalGeneration(config)


def canine() -> nn.Module:
    """Characters by hashes, without a vocabulary."""
    config = hf.CanineConfig(**SIZES, max_position_embeddings=128, num_hash_buckets=64, local_transformer_stride=32)
    return hf.CanineModel(config)


def modernbert() -> nn.Module:
    """Global and local attention by turns, rotary positions of two bases."""
    config = hf.ModernBertConfig(**SIZES, vocab_size=200, local_attention=8, pad_token_id=0)
    return hf.ModernBertForMaskedLM(config)


def gemma3() -> nn.Module:
    """Sliding and full attention by turns, norms of queries and keys."""
    config = hf.Gemma3TextConfig(
        **DECODER, head_dim=8, sliding_window=8, layer_types=["sliding_attention", "full_attention"]
    )
    return hf.Gemma3ForCausalLM(config)


def deepseek_v3() -> nn.Module:
    """Latent attention and a mixture of experts with a shared one."""
    sizes = {**DECODER, "num_key_value_heads": 4}
    config = hf.DeepseekV3Config(
        **sizes,
        moe_intermediate_size=16,
        n_routed_experts=8,
        num_experts_per_tok=2,
        n_group=2,
        topk_group=1,
        first_k_dense_replace=1,
        q_lora_rank=16,
        kv_lora_rank=16,
        qk_rope_head_dim=8,
        qk_nope_head_dim=8,
        v_head_dim=8,
    )
    return hf.DeepseekV3ForCausalLM(config)


def gpt_oss() -> nn.Module:
    """Attention with sinks, experts with biases."""
    config = hf.GptOssConfig(**DECODER, head_dim=8, num_local_experts=4, num_experts_per_tok=2, sliding_window=8)
    return hf.GptOssForCausalLM(config)


def recurrent_gemma() -> nn.Module:
    """Linear recurrences and local attention by turns."""
    config = hf.RecurrentGemmaConfig(
        vocab_size=200,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=1,
        lru_width=32,
        attention_window_size=8,
        use_cache=False,
    )
    return hf.RecurrentGemmaForCausalLM(config)


def xlstm() -> nn.Module:
    """Matrix memories with exponential gates."""
    config = hf.xLSTMConfig(
        vocab_size=200, hidden_size=32, num_hidden_layers=2, num_heads=4, chunk_size=8, use_cache=False
    )
    return hf.xLSTMForCausalLM(config)


def esm() -> nn.Module:
    """A language model of proteins."""
    config = hf.EsmConfig(
        **SIZES, vocab_size=33, pad_token_id=1, mask_token_id=32, position_embedding_type="rotary", token_dropout=True
    )
    return hf.EsmForMaskedLM(config)
