"""Networks for tables: tab-transformer-pytorch and pytorch-tabnet."""

import tab_transformer_pytorch
import torch
from pytorch_tabnet.tab_network import TabNet
from torch import nn


def tab_transformer() -> nn.Module:
    """Categories attend to each other."""
    return tab_transformer_pytorch.TabTransformer(
        categories=(5, 3, 4), num_continuous=4, dim=16, depth=2, heads=2, dim_head=8, mlp_act=nn.ReLU()
    )


def ft_transformer() -> nn.Module:
    """Numbers are tokens too."""
    return tab_transformer_pytorch.FTTransformer(
        categories=(5, 3, 4), num_continuous=4, dim=16, depth=2, heads=2, dim_head=8
    )


def tabnet() -> nn.Module:
    """Columns that are chosen step by step; norms of small batches."""
    return TabNet(
        8, 3, n_d=4, n_a=4, n_steps=3, cat_idxs=[1], cat_dims=[5], cat_emb_dim=[2], mask_type="entmax",
        group_attention_matrix=torch.eye(8),
    )  # fmt: skip
