"""Models of x-transformers, each with some of its many options."""

import x_transformers as xt
from torch import nn

SIZE = {"dim": 32, "depth": 2, "heads": 4, "attn_dim_head": 8}


def decoder() -> nn.Module:
    """Rotary positions, gated layers, norms of queries and keys."""
    layers = xt.Decoder(**SIZE, rotary_pos_emb=True, ff_glu=True, ff_swish=True, attn_qk_norm=True, use_rmsnorm=True)
    return xt.TransformerWrapper(num_tokens=100, max_seq_len=64, attn_layers=layers)


def alibi_memory() -> nn.Module:
    """Slopes by distance, tokens of memory, fewer heads of keys."""
    layers = xt.Decoder(**SIZE, alibi_pos_bias=True, alibi_num_heads=2, attn_kv_heads=2, macaron=True)
    return xt.TransformerWrapper(num_tokens=100, max_seq_len=64, num_memory_tokens=4, attn_layers=layers)


def encoder_decoder() -> nn.Module:
    """A loss as the output."""
    return xt.XTransformer(
        dim=32, tie_token_emb=True, enc_num_tokens=100, enc_depth=1, enc_heads=4, enc_max_seq_len=32,
        dec_num_tokens=100, dec_depth=1, dec_heads=4, dec_max_seq_len=32,
    )  # fmt: skip


def picture() -> nn.Module:
    """Sandwich norms, relative positions, registers."""
    layers = xt.Encoder(**SIZE, rel_pos_bias=True, sandwich_norm=True)
    return xt.ViTransformerWrapper(
        image_size=32, patch_size=8, num_classes=10, num_register_tokens=2, attn_layers=layers
    )


def continuous() -> nn.Module:
    """Vectors in place of tokens, gates on each residual."""
    layers = xt.Encoder(**SIZE, gate_residual=True, residual_attn=True)
    return xt.ContinuousTransformerWrapper(dim_in=6, dim_out=3, max_seq_len=32, attn_layers=layers)
