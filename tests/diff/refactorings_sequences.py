"""Attention and recurrent layers, written otherwise."""

import math

import torch
from mutation import named, tensor
from refactoring import TOKENS, rewritten, same
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(16, 48), nn.Linear(16, 16)
        self.heads, self.width = 4, 4

    def parts(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        q, k, v = self.qkv(x).view(2, 6, 3, self.heads, self.width).permute(2, 0, 3, 1, 4).unbind(0)
        return q, k, v


@rewritten("attention written out")
class Written(Attention):
    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(self.width)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(2, 6, 16))

    def after(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        weights = F.softmax(torch.matmul(q, k.mT) / 2.0, dim=-1, dtype=torch.float32).to(q.dtype)
        return self.out(torch.matmul(weights, v).permute(0, 2, 1, 3).contiguous().view(batch, length, -1))


@rewritten("scaled_dot_product_attention with its defaults")
class Fused(Attention):
    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)

    def after(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        h = F.scaled_dot_product_attention(
            query=q, key=k, value=v, attn_mask=None, dropout_p=0.0, is_causal=False, scale=self.width**-0.5
        )
        return h.transpose(1, 2).reshape(2, 6, 16)

    def after_dropout(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        h = F.scaled_dot_product_attention(q, k, v, None, 0.1 if self.training else 0.0, scale=1 / math.sqrt(4))
        return h.swapaxes(1, 2).flatten(start_dim=2)


@rewritten("einsum in other letters")
class Letters(Attention):
    def before(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k)
        return torch.einsum("bhqk,bhkd->bhqd", scores.softmax(-1), v)

    def after(self, x: Tensor) -> Tensor:
        q, k, v = self.parts(x)
        scores = torch.einsum("n h i c, n h j c -> n h i j", [q, k])
        return torch.einsum("nhij, nhjc -> nhic", torch.softmax(scores, dim=3), v)


@rewritten("einsum without an output")
class Implicit(Attention):
    def before(self, x: Tensor) -> Tensor:
        return torch.einsum("ij,kj->ik", self.qkv(x[0]), self.qkv(x[1]))

    def after(self, x: Tensor) -> Tensor:
        return torch.einsum("aj, bj", self.qkv(x[0]), self.qkv(x[1]))


@rewritten("outer products")
class Rotary(Attention):
    def before(self, x: Tensor) -> Tensor:
        turns = 1.0 / 10000 ** (torch.arange(0, 16, 2).float() / 16)
        angles = torch.outer(torch.arange(6).float(), turns)
        return x * torch.cat([angles, angles], dim=-1).cos()

    def after(self, x: Tensor) -> Tensor:
        turns = 10000.0 ** (torch.arange(0, 16, 2, dtype=torch.float32) / 16)
        angles = torch.einsum("i,j->ij", torch.arange(x.size(1), dtype=torch.float32), turns.reciprocal())
        return torch.cos(torch.concat((angles, angles), -1)) * x


@rewritten("MultiheadAttention whose weights nobody reads")
class Torch(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)

    def before(self, x: Tensor) -> Tensor:
        h, _ = self.attention(x, x, x)
        return h

    def after(self, x: Tensor) -> Tensor:
        return self.attention(query=x, key=x, value=x, need_weights=False)[0]

    def after_averaged(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x, attn_mask=None, average_attn_weights=False)[0]


@rewritten("the first state of a recurrent layer")
class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.gru = nn.LSTM(16, 16, batch_first=True), nn.GRU(16, 16, 2, batch_first=True)

    def before(self, x: Tensor) -> Tensor:
        return self.gru(self.lstm(x)[0])[0]

    def after(self, x: Tensor) -> Tensor:
        self.lstm.flatten_parameters()
        hidden, cell = torch.zeros(1, x.size(0), 16), torch.zeros(1, x.size(0), 16, device=x.device)
        h, (hidden, cell) = self.lstm(x, (hidden, cell))
        out, _ = self.gru(h, None)
        return out

    def after_new(self, x: Tensor) -> Tensor:
        state = x.new_zeros(1, x.size(0), 16)
        h, _ = self.lstm(x, (state, state.clone()))
        return self.gru(h, torch.zeros(2, 2, 16, dtype=x.dtype))[0]


class Masked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 16)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.fc(x).masked_fill(mask[..., None], 0)


MASK, X = tensor(2, 6, dtype="bool"), tensor(2, 6, 16)
same("named inputs", Masked, Masked, inputs=named(x=X, mask=MASK))


@rewritten("a loss with its defaults", inputs=TOKENS)
class Loss(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(16, 10)

    def before(self, x: Tensor) -> Tensor:
        target = torch.zeros(12, dtype=torch.long)
        return F.cross_entropy(self.fc(x).view(-1, 10), target) + F.mse_loss(self.fc(x), x[..., :10])

    def after(self, x: Tensor) -> Tensor:
        logits, target = self.fc(x).flatten(0, 1), x.new_zeros(12).long()
        loss = F.cross_entropy(logits, target, ignore_index=-100, reduction="mean", label_smoothing=0.0)
        return loss + F.mse_loss(input=self.fc(x), target=x[:, :, 0:10], reduction="mean")
